package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a restore is, and what it became. What is not known is absent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PgRestoreStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "For people: Pending, Preflight (the target is looked up), Provisioning (the volume is"
                + " made), RestoringBase, Replaying; with review also AwaitingApproval (message says what to"
                + " type); in mode Instance also Starting; in mode Swap also"
                + " Fencing (the database is stopped and gives up its volume), Rebinding, Starting,"
                + " PostRestore; at last Succeeded, Failed,"
                + " RolledBack (the old volume is in use again), Aborted or AlreadyApplied (the same"
                + " restore was done before).")
        @Nullable RestorePhase phase,
    @JsonPropertyDescription("What happens, or what went wrong and what to do, in sentences.")
        @Nullable String message,
    @JsonPropertyDescription("For people: the target in words, such as: transaction 635.")
        @Nullable String target,
    @JsonPropertyDescription("When it began, in UTC.") @Nullable Instant startedAt,
    @JsonPropertyDescription("When it ended, in UTC.") @Nullable Instant completedAt,
    @JsonPropertyDescription("What is restored, known before anything is created.")
        @Nullable Plan plan,
    @JsonPropertyDescription("How far it is, while it runs.") @Nullable Progress progress,
    @JsonPropertyDescription("What was reached.") @Nullable Recovered recovered,
    @JsonPropertyDescription("What came of the checks, in their order.")
        @Nullable List<CheckOutcome> checks,
    @JsonPropertyDescription("The new volume.") @Nullable Volume volume,
    @JsonPropertyDescription("The copy that runs, in mode Instance.") @Nullable Preview preview,
    @JsonPropertyDescription("How far the swap is, and what it is about.")
        @Nullable SwapStatus swap,
    @JsonPropertyDescription("The end of the log of the container that failed.")
        @Nullable String lastLogs,
    @JsonPropertyDescription(
            "What is the case: Ready, Reconciling, Stalled, PreflightPassed, VolumeProvisioned,"
                + " BaseRestored, RecoveryTargetReached, ChecksPassed, Approved, Fenced, VolumeSwapped, OldVolumeRetained,"
                + " DatabaseAvailable, PostBackupCompleted, Complete, Failed.")
        @Nullable List<Condition> conditions) {

  /** A status that says nothing yet. */
  public static final PgRestoreStatus EMPTY =
      new PgRestoreStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  /** The same, as to the volume that a swap has replaced. */
  public PgRestoreStatus retaining(SwapStatus now, List<Condition> found) {
    return with(observedGeneration, now, found);
  }

  /** The same about another generation of the spec. */
  public PgRestoreStatus seen(@Nullable Long generation) {
    return with(
        generation,
        swap,
        conditions == null
            ? null
            : conditions.stream()
                .map(c -> new ConditionBuilder(c).withObservedGeneration(generation).build())
                .toList());
  }

  private PgRestoreStatus with(
      @Nullable Long generation, @Nullable SwapStatus now, @Nullable List<Condition> found) {
    return new PgRestoreStatus(
        generation,
        phase,
        message,
        target,
        startedAt,
        completedAt,
        plan,
        progress,
        recovered,
        checks,
        volume,
        preview,
        now,
        lastLogs,
        found);
  }

  /** What is restored. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Plan(
      @JsonPropertyDescription("Id of the base backup that it begins with.")
          @Nullable String backupId,
      @JsonPropertyDescription("Position behind the last record that is replayed.")
          @JsonProperty("targetLSN")
          @Nullable String targetLsn,
      @JsonPropertyDescription("When the last transaction that is replayed ended, in UTC.")
          @Nullable Instant targetTime,
      @JsonPropertyDescription("Id of the last transaction that is replayed, with its epoch.")
          @Nullable String targetXid,
      @JsonPropertyDescription("Timelines that are replayed, in order.")
          @Nullable List<Long> timelinePath,
      @JsonPropertyDescription("Segments of WAL that are replayed, parts counted.")
          @Nullable Long walSegments,
      @JsonPropertyDescription("Bytes of all files of the base backup.") @Nullable Long bytes,
      @JsonPropertyDescription("What a person should know before going on.")
          @Nullable List<String> warnings) {}

  /** How far a restore is that runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Progress(
      @JsonPropertyDescription("Bytes of files that are in place.") @Nullable Long baseBytesDone,
      @JsonPropertyDescription("Bytes of all files.") @Nullable Long baseBytesTotal,
      @JsonPropertyDescription("Position up to which WAL was replayed.") @JsonProperty("replayLSN")
          @Nullable String replayLsn,
      @JsonPropertyDescription("When the last transaction that was replayed ended, in UTC.")
          @Nullable Instant replayTime,
      @JsonPropertyDescription("Id of the last transaction that was replayed, with its epoch.")
          @Nullable String replayXid,
      @JsonPropertyDescription("Of the whole, in percent.") @Nullable Integer percent,
      @JsonPropertyDescription("Seconds until it is done, roughly.") @Nullable Long etaSeconds) {}

  /** What was reached. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Recovered(
      @JsonPropertyDescription("Position behind the last record that was replayed.")
          @JsonProperty("stoppedAtLSN")
          @Nullable String stoppedAtLsn,
      @JsonPropertyDescription("When the last transaction that was replayed ended, in UTC.")
          @Nullable Instant lastCommitTime,
      @JsonPropertyDescription("Id of the last transaction that was replayed, with its epoch.")
          @Nullable String lastXid,
      @JsonPropertyDescription("Timeline that the restored database is on.")
          @Nullable Long newTimeline) {}

  /** What came of a check. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CheckOutcome(
      @JsonPropertyDescription("Name of the check.") @Nullable String name,
      @JsonPropertyDescription("Whether it passed.") @Nullable Boolean passed,
      @JsonPropertyDescription("Why it did not; absent if it did.") @Nullable String detail) {}

  /** The new volume. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Volume(
      @JsonPropertyDescription("Name of the PersistentVolumeClaim.") @Nullable String claim,
      @JsonPropertyDescription("Name of the PersistentVolume.") @Nullable String pv) {}

  /** A copy that runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Preview(
      @JsonPropertyDescription(
              "Where it is connected to, such as restored-x.shop.svc:5432, with the users and passwords"
                  + " that the database has.")
          @Nullable String address,
      @JsonPropertyDescription("Name of its Service.") @Nullable String service,
      @JsonPropertyDescription("Name of its pod.") @Nullable String pod) {}
}
