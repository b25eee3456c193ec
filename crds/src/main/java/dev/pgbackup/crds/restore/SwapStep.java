package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.pgbackup.crds.common.Words;

/**
 * The step of a swap that is being taken. It is written down before it begins, and each can be taken
 * again: an operator that was killed goes on here.
 */
public enum SwapStep {
  /** The server's WAL is made durable, and the agent lets go of it. */
  Preparing,
  /** Both volumes are protected from being deleted. */
  Protecting,
  /** The new volume is reserved for the database's claim. Up to here it can be given up. */
  Reserving,
  /** The database's claim is deleted, and its pod ended. */
  Fencing,
  /** The claim that takes its place is bound to the new volume. */
  Rebinding,
  /** The old volume gets a claim of its own. */
  Keeping,
  /** What only the old volume has of its WAL is archived from it. */
  Archiving,
  /** The new volume gets its reclaim policy back, and it is noted that this restore was done. */
  Releasing,
  /** The database is waited for, and looked at. */
  Verifying,
  /** A base backup of the new branch is taken. */
  BackingUp,
  /** Everything is done. */
  Done,
  /** A step that a newer operator knows. */
  @JsonIgnore
  Unrecognized;

  @JsonCreator
  static SwapStep of(String text) {
    return Words.read(values(), text, Unrecognized);
  }
}
