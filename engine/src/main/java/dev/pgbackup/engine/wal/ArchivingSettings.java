package dev.pgbackup.engine.wal;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How WAL is archived.
 *
 * @param slotName of the replication slot
 * @param flushInterval what the server wrote is in the store after this time, if the store is quick
 * @param lagAfter archiving counts as lagging when the store is behind for longer
 * @param memoryBytes packed WAL that is held in memory, at most
 * @param uploads objects that are written at once
 * @param retained what to do when the server has to keep much WAL
 */
public record ArchivingSettings(
    String slotName,
    Duration flushInterval,
    Duration lagAfter,
    long memoryBytes,
    int uploads,
    RetainedWal retained) {

  /**
   * Room for some segments of the usual size. One that does not compress goes in parts, and is
   * sealed from them.
   */
  public static final long MEMORY = 12L << 20;

  /** What to do when the limit of retained WAL is passed. */
  public enum OnLimit {
    /** Say so, and let the server keep it. */
    Alert,
    /** Drop the slot: rather a gap in the archive than a full disk. */
    DropSlot
  }

  /**
   * How much WAL the server may have to keep.
   *
   * @param warnBytes from here on archiving counts as being at risk
   * @param limitBytes from here on {@code onLimit}; empty: never
   */
  public record RetainedWal(OptionalLong warnBytes, OptionalLong limitBytes, OnLimit onLimit) {
    public static final RetainedWal DEFAULT =
        new RetainedWal(OptionalLong.of(4L << 30), OptionalLong.empty(), OnLimit.Alert);
  }

  public ArchivingSettings {
    if (memoryBytes < 4L * WalCodec.FRAME || uploads < 1) {
      throw new IllegalArgumentException("archiving needs at least 1 MiB and one upload");
    }
  }

  /** What suits nearly everybody. */
  public static ArchivingSettings of(String slotName) {
    return new ArchivingSettings(
        slotName, Duration.ofSeconds(5), Duration.ofSeconds(60), MEMORY, 4, RetainedWal.DEFAULT);
  }
}
