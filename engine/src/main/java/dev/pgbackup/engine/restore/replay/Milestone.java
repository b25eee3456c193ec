package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import java.time.Instant;

/**
 * What has been replayed where a position is reached: for people who watch.
 *
 * @param xid the highest of a transaction that ended before
 * @param time the latest at which one did
 */
public record Milestone(Lsn position, Xid xid, Instant time) {}
