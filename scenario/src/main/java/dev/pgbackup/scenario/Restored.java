package dev.pgbackup.scenario;

/**
 * A restored data directory beside the master's, recovered and cleanly shut down.
 *
 * @param name by which the environment finds it again
 */
public record Restored(String name) {}
