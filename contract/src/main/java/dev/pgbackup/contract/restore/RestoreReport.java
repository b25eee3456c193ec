package dev.pgbackup.contract.restore;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.pgbackup.contract.ContractJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a restore ended: the last thing that it writes, small enough for the termination message of a
 * container.
 *
 * @param exitCode of the process
 * @param reason absent on success
 * @param message one that a person understands
 * @param plan absent if there was none
 * @param recovered absent unless the target was reached
 * @param checks what came of the checks that were asked for, as far as they were made
 */
public record RestoreReport(
    int version,
    boolean succeeded,
    int exitCode,
    @Nullable String reason,
    String message,
    Instant startedAt,
    Instant completedAt,
    @Nullable PlanDocument plan,
    @Nullable Recovered recovered,
    List<CheckResult> checks) {

  public RestoreReport {
    checks = checks == null ? List.of() : List.copyOf(checks);
  }

  /** Of a restore without checks. */
  public RestoreReport(
      int version,
      boolean succeeded,
      int exitCode,
      @Nullable String reason,
      String message,
      Instant startedAt,
      Instant completedAt,
      @Nullable PlanDocument plan,
      @Nullable Recovered recovered) {
    this(
        version,
        succeeded,
        exitCode,
        reason,
        message,
        startedAt,
        completedAt,
        plan,
        recovered,
        List.of());
  }

  /** Bytes that a termination message may have. */
  public static final int LIMIT = 4096;

  private static final int SHORT_MESSAGE = 1000;

  /**
   * What was reached.
   *
   * @param stoppedAtLsn the position behind the last record that was replayed
   * @param lastCommitTime of the last transaction replayed
   * @param lastXid of the last transaction replayed
   * @param newTimeline that the directory is on now; absent if it was not promoted
   * @param slot the replication slot that holds its WAL from its first byte on; absent in a copy
   * @param preparedTransactions how many transactions that were prepared, and neither committed nor
   *     rolled back by then, come back to life with the directory
   */
  public record Recovered(
      @JsonProperty("stoppedAtLSN") String stoppedAtLsn,
      @Nullable Instant lastCommitTime,
      @Nullable String lastXid,
      @Nullable Integer newTimeline,
      @Nullable String slot,
      @Nullable Integer preparedTransactions) {

    /** What was reached by a copy of which no more is said. */
    public Recovered(
        String stoppedAtLsn,
        @Nullable Instant lastCommitTime,
        @Nullable String lastXid,
        @Nullable Integer newTimeline) {
      this(stoppedAtLsn, lastCommitTime, lastXid, newTimeline, null, null);
    }
  }

  /** JSON of at most {@link #LIMIT} bytes: what is too long is cut, the least important first. */
  public String toTerminationMessage() {
    String json = ContractJson.write(this);
    if (fits(json)) {
      return json;
    }
    json = ContractJson.write(with(message, shortened(plan), checks));
    if (fits(json)) {
      return json;
    }
    json = ContractJson.write(with(cut(message), null, outcomes()));
    if (fits(json)) {
      return json;
    }
    return ContractJson.write(with(cut(message), null, List.of()));
  }

  /** The checks without what they say. */
  private List<CheckResult> outcomes() {
    return checks.stream()
        .map(check -> new CheckResult(check.name(), check.passed(), null))
        .toList();
  }

  private static boolean fits(String json) {
    return json.getBytes(StandardCharsets.UTF_8).length <= LIMIT;
  }

  private RestoreReport with(
      String text, @Nullable PlanDocument document, List<CheckResult> results) {
    return new RestoreReport(
        version,
        succeeded,
        exitCode,
        reason,
        text,
        startedAt,
        completedAt,
        document,
        recovered,
        results);
  }

  private static @Nullable PlanDocument shortened(@Nullable PlanDocument plan) {
    return plan == null
        ? null
        : new PlanDocument(
            plan.version(),
            plan.archiveId(),
            plan.target(),
            plan.backupId(),
            plan.timeline(),
            plan.targetLsn(),
            plan.targetTime(),
            plan.targetXid(),
            plan.timelinePath(),
            plan.walSegments(),
            plan.walBytes(),
            plan.bytes(),
            plan.storedBytes(),
            plan.serverVersion(),
            List.of(),
            List.of());
  }

  /** By characters: one has at most three bytes in UTF-8 per char, and its escape at most six. */
  private static String cut(String text) {
    if (text.length() <= SHORT_MESSAGE / 2) {
      return text;
    }
    int end = SHORT_MESSAGE / 2;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + " …";
  }
}
