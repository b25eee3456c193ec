package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.wal.transport.SlotStatus;
import java.time.Duration;
import java.util.Optional;

/** Whether a slot, or the disk behind it, is in danger. */
final class RetainedWalRisk {

  /** The slot counts as in danger when less than this part of its limit is left. */
  private static final int PART = 4;

  /** The agent touches its slot every half minute. */
  private static final Duration LEAST_IDLE_TIMEOUT = Duration.ofMinutes(2);

  private RetainedWalRisk() {}

  /** What is wrong and what to do; empty if nothing is. */
  static Optional<String> of(SlotStatus slot, ArchivingSettings.RetainedWal retained) {
    String kept = "The server keeps " + mebibytes(slot.retainedBytes()) + " of WAL for slot ";
    if (slot.availability() == SlotStatus.Availability.Unreserved) {
      return Optional.of(
          kept
              + slot.name()
              + ", more than max_slot_wal_keep_size allows: it is thrown away with the next"
              + " checkpoint. Raise that setting now, and see that the store is reachable.");
    }
    if (slot.safeBytes().isPresent()
        && slot.limitBytes().isPresent()
        && slot.safeBytes().getAsLong() < slot.limitBytes().getAsLong() / PART) {
      return Optional.of(
          kept
              + slot.name()
              + "; after "
              + mebibytes(Math.max(0, slot.safeBytes().getAsLong()))
              + " more the slot is lost (max_slot_wal_keep_size). Raise that setting,"
              + " or see that the store is reachable and fast enough.");
    }
    if (retained.warnBytes().isPresent()
        && slot.retainedBytes() >= retained.warnBytes().getAsLong()) {
      return Optional.of(
          kept
              + slot.name()
              + " until it is in the store. See that the store is reachable and fast enough,"
              + " and that the server's disk has room"
              + (retained.limitBytes().isPresent()
                      && retained.onLimit() == ArchivingSettings.OnLimit.DropSlot
                  ? "; at " + mebibytes(retained.limitBytes().getAsLong()) + " the slot is dropped."
                  : "."));
    }
    if (slot.idleTimeout().isPresent()
        && slot.idleTimeout().get().compareTo(LEAST_IDLE_TIMEOUT) < 0) {
      return Optional.of(
          "The server invalidates slots that are idle for "
              + slot.idleTimeout().get().toSeconds()
              + " s (idle_replication_slot_timeout): an agent that restarts may lose its slot."
              + " Set it to some hours, or to 0.");
    }
    return Optional.empty();
  }

  private static String mebibytes(long bytes) {
    return bytes / (1 << 20) + " MiB";
  }
}
