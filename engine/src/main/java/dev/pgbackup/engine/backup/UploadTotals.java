package dev.pgbackup.engine.backup;

import java.util.concurrent.atomic.LongAdder;

/** What a backup has uploaded so far, by all workers. */
final class UploadTotals {

  private final LongAdder newBytes = new LongAdder();
  private final LongAdder storedBytes = new LongAdder();

  /** Counts plain bytes that the archive did not have. */
  void newBytes(long count) {
    newBytes.add(count);
  }

  /** Counts bytes of a bundle that was published. */
  void storedBytes(long count) {
    storedBytes.add(count);
  }

  long newBytes() {
    return newBytes.sum();
  }

  long storedBytes() {
    return storedBytes.sum();
  }
}
