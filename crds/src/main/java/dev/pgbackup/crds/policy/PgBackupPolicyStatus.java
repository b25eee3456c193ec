package dev.pgbackup.crds.policy;

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

/** What is known about a policy's database and archive. What is not known is absent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PgBackupPolicyStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Name of the archive in the bucket.") @Nullable String archiveId,
    @JsonPropertyDescription("The server that is backed up.") @Nullable Database database,
    @JsonPropertyDescription("The way of the write-ahead log into the archive.")
        @Nullable Archiving archiving,
    @JsonPropertyDescription(
            "What can be restored: a window for each stretch of WAL without a hole, oldest first.")
        @Nullable List<RecoveryWindow> recoveryWindows,
    @JsonPropertyDescription("WAL that the archive does not have and will not get.")
        @Nullable List<Gap> gaps,
    @JsonPropertyDescription("The oldest moment of the newest window, in UTC.")
        @Nullable Instant firstRecoverabilityPoint,
    @JsonPropertyDescription("When the newest transaction in the archive ended, in UTC.")
        @Nullable Instant latestRestorableTime,
    @JsonPropertyDescription("Id of the newest transaction in the archive, with its epoch.")
        @Nullable String latestRestorableXid,
    @JsonPropertyDescription("The newest base backup.") @Nullable LastBackup lastBackup,
    @JsonPropertyDescription("When the next base backup is due, in UTC.")
        @Nullable Instant nextBackupTime,
    @JsonPropertyDescription(
            "What is the case: Ready (archiving, and there is a backup), Reconciling, Stalled,"
                + " TargetResolved, AgentAvailable, StorageReachable, ArchivingHealthy, BackupFresh,"
                + " WindowContiguous, RetentionEnforced.")
        @Nullable List<Condition> conditions) {

  /** A status that says nothing yet. */
  public static final PgBackupPolicyStatus EMPTY =
      new PgBackupPolicyStatus(
          null, null, null, null, null, null, null, null, null, null, null, null);

  /** The server that is backed up. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Database(
      @JsonPropertyDescription("What PostgreSQL calls its system identifier, a decimal number.")
          @Nullable String systemIdentifier,
      @JsonPropertyDescription("Version of the server, such as 16.4.")
          @Nullable String serverVersion,
      @JsonPropertyDescription("Timeline that the server is on.") @Nullable Long timeline,
      @JsonPropertyDescription("Bytes of a segment of WAL.") @Nullable Long walSegmentSize) {}

  /** The way of the write-ahead log into the archive. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Archiving(
      @JsonPropertyDescription(
              "Connecting; Streaming; Lagging (more WAL is written than archived, the slot holds it"
                  + " back); StoreDown (the store takes nothing, the slot holds WAL back); AtRisk (it"
                  + " holds back too much); SlotLost (WAL is missing); Divergent (the server's WAL is"
                  + " not the archive's); SecondWriter (somebody else writes the archive); Refused (a"
                  + " grant, a setting or a password is wrong); Stopped.")
          @Nullable ArchivingState state,
      @JsonPropertyDescription("By which way WAL is read.") @Nullable String transport,
      @JsonPropertyDescription("Name of the replication slot.") @Nullable String slotName,
      @JsonPropertyDescription("State of the slot, as pg_replication_slots.wal_status has it.")
          @Nullable String slotStatus,
      @JsonPropertyDescription("Bytes of WAL that the slot holds back on the server.")
          @Nullable Long retainedBytes,
      @JsonPropertyDescription("Position behind the last byte that was read.")
          @JsonProperty("receivedLSN")
          @Nullable String receivedLsn,
      @JsonPropertyDescription("Position behind the last byte that the archive has without a hole.")
          @JsonProperty("durableLSN")
          @Nullable String durableLsn,
      @JsonPropertyDescription("Bytes of WAL from the durable position to the server's.")
          @Nullable Long lagBytes,
      @JsonPropertyDescription("When the archive last had all that the server had, in UTC.")
          @Nullable Instant lastDurableTime,
      @JsonPropertyDescription("What is wrong, and what to do about it; absent when all is well.")
          @Nullable String lastError) {}

  /** How archiving is. */
  public enum ArchivingState {
    Connecting,
    Streaming,
    Lagging,
    StoreDown,
    AtRisk,
    SlotLost,
    Divergent,
    SecondWriter,
    Refused,
    Stopped,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static ArchivingState of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }

  /** A stretch of a timeline that is archived without a hole and begins with a backup. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RecoveryWindow(
      @JsonPropertyDescription("Timeline of the stretch.") @Nullable Long timeline,
      @JsonPropertyDescription("The oldest moment that can be restored, in UTC.")
          @Nullable Instant from,
      @JsonPropertyDescription("When the last transaction in it ended, in UTC.")
          @Nullable Instant to,
      @JsonPropertyDescription("Position from which a restore is consistent.")
          @JsonProperty("fromLSN")
          @Nullable String fromLsn,
      @JsonPropertyDescription("Position behind the last record.") @JsonProperty("toLSN")
          @Nullable String toLsn,
      @JsonPropertyDescription("Id of the last transaction in it, with its epoch.")
          @Nullable String lastXid,
      @JsonPropertyDescription("Whether it reaches to the end of what is archived of its timeline.")
          @Nullable Boolean contiguous,
      @JsonPropertyDescription("What ended it: a gap, or a switch to another timeline.")
          @Nullable String closedBy) {}

  /** WAL that the archive does not have and will not get. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Gap(
      @JsonPropertyDescription("Timeline of the gap.") @Nullable Long timeline,
      @JsonPropertyDescription("Position of the first byte that is missing.")
          @JsonProperty("fromLSN")
          @Nullable String fromLsn,
      @JsonPropertyDescription("Position behind the last byte that is missing.")
          @JsonProperty("toLSN")
          @Nullable String toLsn,
      @JsonPropertyDescription("When it was found, in UTC.") @Nullable Instant detectedAt) {}

  /** A base backup in short. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record LastBackup(
      @JsonPropertyDescription("Name of its PgBackup.") @Nullable String name,
      @JsonPropertyDescription("Its id in the archive.") @Nullable String backupId,
      @JsonPropertyDescription("When it was complete, in UTC.") @Nullable Instant completedAt,
      @JsonPropertyDescription("Bytes of all files.") @Nullable Long bytes,
      @JsonPropertyDescription("Bytes that it added to the archive.") @Nullable Long storedBytes,
      @JsonPropertyDescription("How long it took, such as 4m12s.") @Nullable String duration) {}
}
