package dev.pgbackup.scenario;

import dev.pgbackup.contract.restore.RestoreReport;

/**
 * A restored data directory beside the master's, recovered and cleanly shut down.
 *
 * @param name by which the environment finds it again
 * @param report how the restore ended
 */
public record Restored(String name, RestoreReport report) {}
