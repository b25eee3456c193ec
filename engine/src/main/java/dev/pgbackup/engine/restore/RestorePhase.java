package dev.pgbackup.engine.restore;

/** What a restore is at, in the order in which it comes. */
public enum RestorePhase {
  Planning,
  RestoringBase,
  Replaying,
  /** A paused server waits for a decision. */
  Paused,
  /** The slot is made, the new timeline archived. */
  Finishing,
  Done
}
