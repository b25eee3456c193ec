package dev.pgbackup.scenario;

import dev.pgbackup.contract.restore.TargetDocument;

/**
 * A restored data directory beside the master's, recovered and cleanly shut down.
 *
 * @param name by which the environment finds it again
 * @param target up to which it was recovered
 */
public record Restored(String name, TargetDocument target) {}
