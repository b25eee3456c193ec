package dev.pgbackup.contract.restore;

import org.jspecify.annotations.Nullable;

/**
 * Where a recovery is to stop: exactly one of xid, time, lsn, name, immediate, latest.
 *
 * @param xid of a transaction, as {@code txid_current()} prints it, or its lower 32 bits
 * @param time with its offset, up to microseconds: {@code 2026-11-22T14:03:07.123456Z}
 * @param lsn a position, {@code 0/9A000060}
 * @param name of a restore point
 * @param immediate true: as soon as the backup is consistent
 * @param latest true: everything in the archive
 * @param inclusive whether the record that is named is replayed; for xid, time and lsn only; absent
 *     means true
 */
public record TargetDocument(
    @Nullable String xid,
    @Nullable String time,
    @Nullable String lsn,
    @Nullable String name,
    @Nullable Boolean immediate,
    @Nullable Boolean latest,
    @Nullable Boolean inclusive) {

  public static TargetDocument xid(String xid) {
    return new TargetDocument(xid, null, null, null, null, null, null);
  }

  public static TargetDocument time(String time) {
    return new TargetDocument(null, time, null, null, null, null, null);
  }

  public static TargetDocument lsn(String lsn) {
    return new TargetDocument(null, null, lsn, null, null, null, null);
  }

  public static TargetDocument name(String name) {
    return new TargetDocument(null, null, null, name, null, null, null);
  }

  public static TargetDocument ofImmediate() {
    return new TargetDocument(null, null, null, null, true, null, null);
  }

  public static TargetDocument ofLatest() {
    return new TargetDocument(null, null, null, null, null, true, null);
  }

  /** The same target, its own record left out. */
  public TargetDocument exclusive() {
    return new TargetDocument(xid, time, lsn, name, immediate, latest, false);
  }
}
