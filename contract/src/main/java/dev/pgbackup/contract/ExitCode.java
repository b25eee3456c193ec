package dev.pgbackup.contract;

/**
 * The exit codes of the agent: one per family of failures, so that a caller knows who has to act
 * and whether trying again can help.
 *
 * <p>Codes are part of the contract: they are added to, never changed.
 */
public enum ExitCode {
  /** Done. */
  SUCCESS(0, false, "done"),
  /** A mistake of the agent's own. */
  INTERNAL(1, true, "a mistake of the agent's own; please report it"),
  /** What was asked for makes no sense: an option, a configuration key, a value. */
  USAGE(2, false, "an option, a configuration key or a value is wrong"),
  /** The recovery target cannot be reached. */
  TARGET(3, false, "the recovery target cannot be reached, or there is no such backup"),
  /** The archive is not ours, damaged, incomplete, or written by somebody else. */
  ARCHIVE(4, false, "the archive is another server's, damaged, or written by somebody else"),
  /** The object store is out of reach, or refuses. */
  STORE(5, true, "the object store is out of reach, throttles or refuses"),
  /** The PostgreSQL server is out of reach, lacks a grant or a setting, or has lost the slot. */
  DATABASE(6, true, "the PostgreSQL server is out of reach, or lacks a grant or a setting"),
  /** The machine at hand: space, a directory in use, a missing program. */
  HOST(7, true, "this machine: no space, a directory in use or not empty, a missing program"),
  /** Nothing failed, but what was looked at is not well. */
  FINDINGS(
      8,
      false,
      "nothing failed, but what was looked at is not well (verify, status, checks of a restore)"),
  /** Ended by SIGINT before it was done. */
  INTERRUPTED(130, true, "ended by a signal before it was done");

  private final int code;
  private final boolean worthRetrying;
  private final String meaning;

  ExitCode(int code, boolean worthRetrying, String meaning) {
    this.code = code;
    this.worthRetrying = worthRetrying;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  /** Whether the same command may succeed later without anybody changing what was asked for. */
  public boolean isWorthRetrying() {
    return worthRetrying;
  }

  /** For help and documentation. */
  public String meaning() {
    return meaning;
  }
}
