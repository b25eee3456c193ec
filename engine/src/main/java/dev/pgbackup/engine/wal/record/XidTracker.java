package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Xid;

/**
 * Gives the 32-bit transaction ids of records their epoch. The ids in use at one time are less than
 * 2^31 apart, so the nearest to a known one is the right one.
 */
final class XidTracker {

  private static final long EPOCH = 1L << 32;
  private static final long HALF_EPOCH = 1L << 31;

  private long next;

  XidTracker(Xid next) {
    this.next = next.value();
  }

  Xid next() {
    return new Xid(next);
  }

  Xid widen(int low) {
    long full = next + (low - (int) next);
    return new Xid(full < 0 ? full + EPOCH : full);
  }

  /** Notes an id that is in use. */
  void seen(int low) {
    if (Integer.compareUnsigned(low, (int) Xid.FIRST_NORMAL) >= 0) {
      next = Math.max(next, widen(low).value() + 1);
    }
  }

  /** Notes what a checkpoint said: it may lag behind, but its epoch is right. */
  void nextIs(Xid full) {
    boolean lags = Math.abs(full.value() - next) < HALF_EPOCH;
    next = lags ? Math.max(next, full.value()) : full.value();
  }
}
