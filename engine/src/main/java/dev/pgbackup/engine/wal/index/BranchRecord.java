package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.wal.record.RecordLocation;

/**
 * A record on a branch.
 *
 * @param timeline on which it lies
 */
public record BranchRecord(Timeline timeline, RecordLocation location) {}
