package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What came of a restore.
 *
 * @param timeline the directory's own; empty if it is still in recovery
 * @param before whether it was done already, by an earlier run
 */
public record RestoreResult(
    Path directory, RestorePlan plan, Optional<Timeline> timeline, boolean before) {}
