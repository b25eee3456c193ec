package dev.pgbackup.crds.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Words;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a backup is, or what it became. What is not known is absent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PgBackupStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "For people: Pending (asked for), Running, WaitingForWal (the WAL that makes it"
                + " consistent is not in the archive yet), Completed, Failed, Expired (pruned from"
                + " the archive).")
        @Nullable BackupPhase phase,
    @JsonPropertyDescription("What happened and what to do, in sentences.")
        @Nullable String message,
    @JsonPropertyDescription("Its id in the archive.") @Nullable String backupId,
    @JsonPropertyDescription(
            "Why it was taken: Manual (asked for), Scheduled, Initial (the first, or the first after"
                + " a gap), PostRestore.")
        @Nullable BackupOrigin origin,
    @JsonPropertyDescription("Timeline that it was taken on.") @Nullable Long timeline,
    @JsonPropertyDescription("Position from which WAL is needed to restore it.")
        @JsonProperty("beginLSN")
        @Nullable String beginLsn,
    @JsonPropertyDescription("Position up to which WAL is needed to restore it.")
        @JsonProperty("endLSN")
        @Nullable String endLsn,
    @JsonPropertyDescription("When it began, in UTC.") @Nullable Instant startedAt,
    @JsonPropertyDescription("When it was complete, in UTC.") @Nullable Instant completedAt,
    @JsonPropertyDescription("Bytes of all files.") @Nullable Long totalBytes,
    @JsonPropertyDescription("Bytes that it added to the archive.") @Nullable Long storedBytes,
    @JsonPropertyDescription("For people: totalBytes rounded, such as 1.5Gi.")
        @Nullable String size,
    @JsonPropertyDescription("For people: storedBytes rounded, such as 210Mi.")
        @Nullable String storedSize,
    @JsonPropertyDescription("How far it is, while it runs.") @Nullable Progress progress,
    @JsonPropertyDescription("What is the case: Ready, Reconciling, Stalled, Complete, Failed.")
        @Nullable List<Condition> conditions) {

  /** A status that says nothing yet. */
  public static final PgBackupStatus EMPTY =
      new PgBackupStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null);

  /** How far a backup is that runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Progress(
      @JsonPropertyDescription("Bytes that were read.") @Nullable Long bytesDone,
      @JsonPropertyDescription("Bytes to be read, as far as known.") @Nullable Long bytesTotal,
      @JsonPropertyDescription("Bytes read, of all, in percent.") @Nullable Integer percent,
      @JsonPropertyDescription("Seconds until all is read, roughly.") @Nullable Long etaSeconds) {}

  /** Why a backup was taken. */
  public enum BackupOrigin {
    Manual,
    Scheduled,
    Initial,
    PostRestore,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static BackupOrigin of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
