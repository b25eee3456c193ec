package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.postgres.Lsn;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A replication slot as its server shows it.
 *
 * @param restart the server keeps WAL from here on; empty if it keeps none
 * @param retainedBytes WAL that is kept because of the slot
 * @param safeBytes how much more may be written before the slot is lost; empty if there is no limit
 * @param limitBytes the setting {@code max_slot_wal_keep_size}; empty if there is none
 * @param idleTimeout the setting {@code idle_replication_slot_timeout}; empty if there is none
 */
public record SlotStatus(
    String name,
    Availability availability,
    Optional<Lsn> restart,
    long retainedBytes,
    OptionalLong safeBytes,
    OptionalLong limitBytes,
    Optional<Duration> idleTimeout) {

  /** Whether the WAL is still there that the slot asks for: {@code wal_status}. */
  public enum Availability {
    /** It is, within {@code max_wal_size}. */
    Reserved,
    /** It is, because of the slot. */
    Extended,
    /** It goes with the next checkpoint. */
    Unreserved,
    /** It is gone, and the slot of no use any more. */
    Lost
  }

  static SlotStatus lost(String name) {
    return new SlotStatus(
        name,
        Availability.Lost,
        Optional.empty(),
        0,
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty());
  }
}
