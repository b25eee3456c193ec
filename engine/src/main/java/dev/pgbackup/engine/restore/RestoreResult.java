package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What came of a restore.
 *
 * @param timeline the directory's own; empty if it is still in recovery
 * @param slot that holds the directory's WAL from its first byte on; empty if none was wanted
 * @param preparedTransactions how many come back to life with the directory, waiting for their
 *     second phase: the files in {@code pg_twophase} after a clean shutdown
 * @param before whether it was done already, by an earlier run
 */
public record RestoreResult(
    Path directory,
    RestorePlan plan,
    Optional<Timeline> timeline,
    Optional<String> slot,
    int preparedTransactions,
    boolean before) {}
