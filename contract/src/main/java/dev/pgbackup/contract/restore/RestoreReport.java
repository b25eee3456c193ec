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
    @Nullable Recovered recovered) {

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
   */
  public record Recovered(
      @JsonProperty("stoppedAtLSN") String stoppedAtLsn,
      @Nullable Instant lastCommitTime,
      @Nullable String lastXid,
      @Nullable Integer newTimeline) {}

  /** JSON of at most {@link #LIMIT} bytes: what is too long is cut, the least important first. */
  public String toTerminationMessage() {
    String json = ContractJson.write(this);
    if (fits(json)) {
      return json;
    }
    json = ContractJson.write(with(message, shortened(plan)));
    if (fits(json)) {
      return json;
    }
    return ContractJson.write(with(cut(message), null));
  }

  private static boolean fits(String json) {
    return json.getBytes(StandardCharsets.UTF_8).length <= LIMIT;
  }

  private RestoreReport with(String text, @Nullable PlanDocument document) {
    return new RestoreReport(
        version, succeeded, exitCode, reason, text, startedAt, completedAt, document, recovered);
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
