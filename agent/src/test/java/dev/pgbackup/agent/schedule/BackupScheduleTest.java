package dev.pgbackup.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.config.BaseBackupConfig;
import dev.pgbackup.contract.config.Span;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The schedule of base backups")
class BackupScheduleTest {

  @ParameterizedTest
  @CsvSource({
    "0 2 * * *, Etc/UTC, 2026-11-22T01:59:59Z, 2026-11-22T02:00:00Z",
    "0 2 * * *, Etc/UTC, 2026-11-22T02:00:00Z, 2026-11-23T02:00:00Z",
    "*/15 * * * *, Etc/UTC, 2026-11-22T02:00:01Z, 2026-11-22T02:15:00Z",
    "0 2 * * 0, Etc/UTC, 2026-11-23T00:00:00Z, 2026-11-29T02:00:00Z",
    "0 2 1 * *, Etc/UTC, 2026-11-22T00:00:00Z, 2026-12-01T02:00:00Z",
    "0 2 * * *, Europe/Berlin, 2026-07-01T00:00:00Z, 2026-07-02T00:00:00Z",
    "0 2 * * *, Europe/Berlin, 2026-11-22T00:00:00Z, 2026-11-22T01:00:00Z"
  })
  @DisplayName("is that of cron, in its time zone")
  void next(String cron, String zone, Instant after, Instant expected) {
    assertThat(schedule(cron, zone, "0s").nextAfter(after)).hasValue(expected);
  }

  @Test
  @DisplayName("has its backup in the night in which clocks are put forward, an hour later")
  void summerTime() {
    BackupSchedule schedule = schedule("30 2 * * *", "Europe/Berlin", "0s");

    // On 2026-03-29 there is no 02:30 in Berlin.
    assertThat(schedule.nextAfter(Instant.parse("2026-03-28T12:00:00Z")))
        .hasValue(Instant.parse("2026-03-29T01:30:00Z"));
  }

  @Test
  @DisplayName("has one backup in the night in which clocks are put back")
  void winterTime() {
    BackupSchedule schedule = schedule("30 2 * * *", "Europe/Berlin", "0s");
    Instant first = Instant.parse("2026-10-25T00:30:00Z");

    assertThat(schedule.nextAfter(Instant.parse("2026-10-24T12:00:00Z"))).hasValue(first);
    assertThat(schedule.nextAfter(first)).hasValue(Instant.parse("2026-10-26T01:30:00Z"));
    assertThat(schedule.nextAfter(Instant.parse("2026-10-25T01:10:00Z")))
        .hasValue(Instant.parse("2026-10-26T01:30:00Z"));
  }

  @Test
  @DisplayName("is moved by chance within the jitter")
  void jitter() {
    BackupSchedule schedule = schedule("0 2 * * *", "Etc/UTC", "10m");
    Instant due = Instant.parse("2026-11-22T02:00:00Z");

    assertThat(schedule.nextAfter(due.minusSeconds(1)).orElseThrow())
        .isBetween(due, due.plusSeconds(600));
  }

  @Test
  @DisplayName("may be none")
  void none() {
    BackupSchedule schedule = schedule("", "Etc/UTC", "0s");

    assertThat(schedule.nextAfter(Instant.EPOCH)).isEmpty();
    assertThat(schedule.wasDue(Instant.EPOCH, Instant.now())).isFalse();
  }

  @Test
  @DisplayName("knows what was missed")
  void missed() {
    BackupSchedule schedule = schedule("0 2 * * *", "Etc/UTC", "0s");
    Instant last = Instant.parse("2026-11-22T02:05:00Z");

    assertThat(schedule.wasDue(last, Instant.parse("2026-11-23T01:59:59Z"))).isFalse();
    assertThat(schedule.wasDue(last, Instant.parse("2026-11-23T02:00:00Z"))).isTrue();
    assertThat(schedule.wasDue(last, Instant.parse("2026-11-25T00:00:00Z"))).isTrue();
  }

  private static BackupSchedule schedule(String cron, String zone, String jitter) {
    return new BackupSchedule(
        new BaseBackupConfig(
            cron,
            zone,
            Span.parse(jitter),
            true,
            4,
            null,
            BaseBackupConfig.Checkpoint.Fast,
            Span.parse("6h")),
        new Random(42));
  }
}
