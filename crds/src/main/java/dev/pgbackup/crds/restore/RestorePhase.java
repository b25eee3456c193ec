package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.pgbackup.crds.common.Words;

/** How far a restore is, in a word for people. */
public enum RestorePhase {
  /** Seen; something that it needs is not there yet, or another restore has its turn. */
  Pending(false),
  /** The target is looked up and everything is checked that can be. */
  Preflight(false),
  /** The volume is made. */
  Provisioning(false),
  /** The files of the base backup are laid down. */
  RestoringBase(false),
  /** PostgreSQL replays WAL. */
  Replaying(false),
  /** It is ready to go on, and waits for somebody to say so. */
  AwaitingApproval(false),
  /** The database is made ready to be stopped, is stopped, and gives up its volume. */
  Fencing(false),
  /** The restored volume is bound in its place. */
  Rebinding(false),
  /** The database starts on it; in mode Instance a copy of it. */
  Starting(false),
  /** It runs; what is left over is put in order. */
  PostRestore(false),
  /** Done. */
  Succeeded(true),
  /** Given up; the message says why and what to do. */
  Failed(true),
  /** The database did not start on the restored volume; it runs on its old one again. */
  RolledBack(true),
  /** Given up because somebody wished so; nothing was changed. */
  Aborted(true),
  /** The same restore was done before; nothing was done now. */
  AlreadyApplied(true),
  /** A phase that a newer operator knows: it is left alone. */
  @JsonIgnore
  Unrecognized(true);

  private final boolean terminal;

  RestorePhase(boolean terminal) {
    this.terminal = terminal;
  }

  /** Whether nothing more is done. */
  public boolean isTerminal() {
    return terminal;
  }

  @JsonCreator
  static RestorePhase of(String text) {
    return Words.read(values(), text, Unrecognized);
  }
}
