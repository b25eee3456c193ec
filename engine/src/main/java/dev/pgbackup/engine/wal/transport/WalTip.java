package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;

/**
 * How far a server's WAL can be read.
 *
 * @param timeline on which the server writes
 * @param end everything before it is on the server's disk
 */
public record WalTip(Timeline timeline, Lsn end) {}
