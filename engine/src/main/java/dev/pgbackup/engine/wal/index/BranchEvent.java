package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.wal.record.WalEvent;

/**
 * An event on a branch.
 *
 * @param timeline on which it lies
 */
public record BranchEvent(Timeline timeline, WalEvent event) {}
