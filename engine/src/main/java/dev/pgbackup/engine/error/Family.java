package dev.pgbackup.engine.error;

/** Kinds of failures as a caller tells them apart; each has an exit code of its own. */
public enum Family {
  /** What was asked for makes no sense: an option, a field, a value. */
  USAGE,
  /** The recovery target cannot be reached. */
  TARGET,
  /** The archive in the bucket: not ours, damaged, incomplete, written by somebody else. */
  ARCHIVE,
  /** The object store: out of reach, access denied, no such bucket. */
  STORE,
  /** The PostgreSQL server: out of reach, missing grant, wrong setting, lost slot. */
  DATABASE,
  /** The machine at hand: no space, a directory that is in use or not empty, a missing program. */
  HOST,
  /** A mistake of ours. */
  INTERNAL
}
