package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.wal.ArchivingSettings.OnLimit;
import dev.pgbackup.engine.wal.ArchivingSettings.RetainedWal;
import dev.pgbackup.engine.wal.transport.SlotStatus;
import dev.pgbackup.engine.wal.transport.SlotStatus.Availability;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a slot, or the disk behind it, is in danger")
class RetainedWalRiskTest {

  private static final RetainedWal WARN_AT_100_MIB =
      new RetainedWal(OptionalLong.of(100L << 20), OptionalLong.of(200L << 20), OnLimit.DropSlot);

  private static Optional<String> risk(
      Availability availability,
      long retainedMiB,
      OptionalLong safe,
      OptionalLong limit,
      Duration idleTimeout) {
    return RetainedWalRisk.of(
        new SlotStatus(
            "s",
            availability,
            Optional.of(Lsn.parse("0/1000000")),
            retainedMiB << 20,
            safe,
            limit,
            Optional.ofNullable(idleTimeout)),
        WARN_AT_100_MIB);
  }

  @Test
  void littleWalIsNoDanger() {
    assertThat(risk(Availability.Extended, 99, OptionalLong.empty(), OptionalLong.empty(), null))
        .isEmpty();
  }

  @Test
  void muchWalIsADangerToTheDisk() {
    assertThat(risk(Availability.Extended, 100, OptionalLong.empty(), OptionalLong.empty(), null))
        .hasValueSatisfying(
            text ->
                assertThat(text).contains("100 MiB").contains("at 200 MiB the slot is dropped"));
  }

  @Test
  void aSlotNearItsLimitIsInDanger() {
    OptionalLong limit = OptionalLong.of(40L << 20);
    assertThat(risk(Availability.Extended, 20, OptionalLong.of(20L << 20), limit, null)).isEmpty();
    assertThat(risk(Availability.Extended, 35, OptionalLong.of(5L << 20), limit, null))
        .hasValueSatisfying(
            text ->
                assertThat(text).contains("after 5 MiB more").contains("max_slot_wal_keep_size"));
  }

  @Test
  void aSlotBeyondItsLimitIsInDangerNow() {
    assertThat(risk(Availability.Unreserved, 35, OptionalLong.of(-1), OptionalLong.empty(), null))
        .hasValueSatisfying(text -> assertThat(text).contains("with the next checkpoint"));
  }

  @Test
  void aShortIdleTimeoutIsADanger() {
    assertThat(
            risk(
                Availability.Reserved,
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Duration.ofSeconds(60)))
        .hasValueSatisfying(text -> assertThat(text).contains("idle_replication_slot_timeout"));
    assertThat(
            risk(
                Availability.Reserved,
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Duration.ofHours(1)))
        .isEmpty();
  }
}
