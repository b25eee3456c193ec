package dev.pgbackup.engine.restore.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The text of a target")
class RecoveryTargetTest {

  @ParameterizedTest
  @CsvSource({
    "2026-11-22T14:03:07.123456Z, 2026-11-22T14:03:07.123456Z",
    "2026-11-22 14:03:07+01, 2026-11-22T13:03:07Z",
    "2026-11-22 14:03:07.5 +05:30, 2026-11-22T08:33:07.500Z",
    "2026-11-22 14:03:07-0330, 2026-11-22T17:33:07Z",
    "2026-11-22T14:03 UTC, 2026-11-22T14:03:00Z",
  })
  @DisplayName("T2: a time with its offset, up to microseconds")
  void time(String text, String instant) {
    assertThat(RecoveryTarget.time(text, true))
        .isEqualTo(new RecoveryTarget.Time(Instant.parse(instant), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-22 14:03:07",
        "2026-11-22",
        "2026-11-22T14:03:07.1234567Z",
        "2026-02-30T14:03:07Z",
        "2026-11-22T25:03:07Z",
        "2026-11-22T14:03:07+30:00",
        "yesterday",
        ""
      })
  void aTimeThatMeansNothingOrTooMuchIsRefused(String text) {
    assertInvalid(() -> RecoveryTarget.time(text, true));
  }

  @Test
  void aTransactionIdWithItsEpoch() {
    assertThat(RecoveryTarget.xid("4294967931", false))
        .isEqualTo(new RecoveryTarget.Transaction(new Xid(4294967931L), true, false));
  }

  @Test
  void aTransactionIdWithout() {
    assertThat(RecoveryTarget.xid("635", true))
        .isEqualTo(new RecoveryTarget.Transaction(new Xid(635), false, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "2", "-5", "12x", "0x10", " 635", "99999999999999999999"})
  void whatIsNoTransactionIdIsRefused(String text) {
    assertInvalid(() -> RecoveryTarget.xid(text, true));
  }

  @Test
  void aPosition() {
    assertThat(RecoveryTarget.lsn("0/9A000060", false))
        .isEqualTo(new RecoveryTarget.Position(Lsn.parse("0/9A000060"), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0/", "/1", "0/123456789", "g/0"})
  void whatIsNoPositionIsRefused(String text) {
    assertInvalid(() -> RecoveryTarget.lsn(text, true));
  }

  @Test
  void aNameOfUpTo63Bytes() {
    assertThat(RecoveryTarget.name("é".repeat(31)))
        .isEqualTo(new RecoveryTarget.NamedPoint("é".repeat(31)));
    assertInvalid(() -> RecoveryTarget.name("é".repeat(32)));
    assertInvalid(() -> RecoveryTarget.name(""));
  }

  private static void assertInvalid(Runnable parse) {
    assertThatThrownBy(parse::run)
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.InvalidArgument));
  }
}
