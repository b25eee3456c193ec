package dev.pgbackup.contract.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A restore's report")
class RestoreReportTest {

  private static final Instant BEGUN = Instant.parse("2026-11-22T14:03:07Z");

  @Test
  @DisplayName("is whole where it fits into a termination message")
  void whole() {
    RestoreReport report = report("The target cannot be reached.", List.of("A warning."));

    assertThat(ContractJson.read(report.toTerminationMessage(), RestoreReport.class))
        .isEqualTo(report);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "ü", "\u0001", "\"", "𝄞", "漢"})
  @DisplayName("is cut to 4096 bytes, whatever it is made of, and is still JSON with the outcome")
  void cut(String letter) {
    RestoreReport report = report(letter.repeat(5000), Collections.nCopies(50, letter.repeat(200)));

    String message = report.toTerminationMessage();

    assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(4096);
    RestoreReport read = ContractJson.read(message, RestoreReport.class);
    assertThat(read.exitCode()).isEqualTo(3);
    assertThat(read.reason()).isEqualTo("TargetBeyondArchive");
    assertThat(read.recovered()).isEqualTo(report.recovered());
    assertThat(read.message()).startsWith(letter).endsWith("…").doesNotContain("\ufffd");
  }

  @Test
  @DisplayName("loses what checks say before it loses which of them passed")
  void outcomesOfChecks() {
    RestoreReport report =
        report(
            "m", List.of(), Collections.nCopies(20, new CheckResult("c", false, "d".repeat(500))));

    RestoreReport read = ContractJson.read(report.toTerminationMessage(), RestoreReport.class);

    assertThat(read.checks()).hasSize(20).allMatch(check -> !check.passed());
    assertThat(read.checks()).extracting(CheckResult::detail).containsOnlyNulls();
  }

  @Test
  @DisplayName("loses warnings before it loses the message")
  void warningsFirst() {
    RestoreReport report = report("m".repeat(1500), Collections.nCopies(50, "w".repeat(200)));

    RestoreReport read = ContractJson.read(report.toTerminationMessage(), RestoreReport.class);

    assertThat(read.message()).isEqualTo(report.message());
    assertThat(read.plan().backupId()).isEqualTo("20261122T140307Z-3fa9");
    assertThat(read.plan().warnings()).isEmpty();
  }

  private static RestoreReport report(String message, List<String> warnings) {
    return report(message, warnings, List.of(new CheckResult("rows", true, null)));
  }

  private static RestoreReport report(
      String message, List<String> warnings, List<CheckResult> checks) {
    return new RestoreReport(
        1,
        false,
        3,
        "TargetBeyondArchive",
        message,
        BEGUN,
        BEGUN.plusSeconds(7),
        new PlanDocument(
            1,
            "7312345678901234567-1",
            "transaction 635, inclusive",
            "20261122T140307Z-3fa9",
            1,
            "0/9A000060",
            BEGUN,
            "635",
            List.of(1),
            3,
            50_000_000,
            1_000_000,
            400_000L,
            "16.4",
            List.of(),
            warnings),
        new RestoreReport.Recovered("0/9A000060", BEGUN, "635", 2, "pgbackup", 1),
        checks);
  }
}
