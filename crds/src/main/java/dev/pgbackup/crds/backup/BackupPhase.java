package dev.pgbackup.crds.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.pgbackup.crds.common.Words;

/** How far a backup is, in a word for people. */
public enum BackupPhase {
  /** Asked for; the agent has not begun. */
  Pending(false),
  /** Files are read and uploaded. */
  Running(false),
  /** All is uploaded; the WAL that makes it consistent is awaited. */
  WaitingForWal(false),
  /** In the archive. */
  Completed(true),
  /** Nothing was published. */
  Failed(true),
  /** No longer in the archive. */
  Expired(true),
  /** A phase that a newer operator knows: it is left alone. */
  @JsonIgnore
  Unrecognized(true);

  private final boolean terminal;

  BackupPhase(boolean terminal) {
    this.terminal = terminal;
  }

  /** Whether nothing more is done. A completed backup may still expire. */
  public boolean isTerminal() {
    return terminal;
  }

  @JsonCreator
  static BackupPhase of(String text) {
    return Words.read(values(), text, Unrecognized);
  }
}
