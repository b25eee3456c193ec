package dev.pgbackup.engine.postgres.control;

/** What {@code pg_control} says that a server last did, in PostgreSQL's order. */
public enum ClusterState {
  STARTING_UP,
  SHUT_DOWN,
  SHUT_DOWN_IN_RECOVERY,
  SHUTTING_DOWN,
  IN_CRASH_RECOVERY,
  IN_ARCHIVE_RECOVERY,
  IN_PRODUCTION;

  /** Whether the server ended in order, so that nothing needs to be replayed. */
  public boolean isCleanlyShutDown() {
    return this == SHUT_DOWN;
  }
}
