package dev.pgbackup.contract.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.pgbackup.contract.ContractJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /status}: the sidecar as a whole. What is not known yet is absent, never empty or 0.
 *
 * @param version see {@link ContractJson#VERSION}
 * @param agentVersion of the program
 * @param startedAt when the process began
 * @param configHash SHA-256 of the configuration file that is in force, hexadecimal: tells whether
 *     a change is live
 * @param configError why a newer configuration file is not in force
 * @param archiveId the archive that is written
 * @param database the server
 * @param archiving the write-ahead log
 * @param recoveryWindows what can be restored, a window for each stretch of WAL without a hole
 * @param gaps WAL that is missing for good
 * @param firstRecoverabilityPoint the oldest moment of the live branch's newest window
 * @param latestRestorableTime when the newest durable transaction ended
 * @param latestRestorableXid its id, with its epoch
 * @param lastBackup the newest published backup
 * @param nextBackupTime when the next one is due
 * @param currentBackup the one that runs
 * @param lastBackupFailure the newest failure, if it is newer than the newest backup
 * @param retention the last run of retention
 * @param storage the object store
 * @param ready whether WAL is archived and there is a backup
 * @param problems everything that a person should look at, the worst first
 */
public record AgentStatus(
    int version,
    String agentVersion,
    Instant startedAt,
    String configHash,
    @Nullable String configError,
    @Nullable String archiveId,
    @Nullable DatabaseStatus database,
    ArchivingStatus archiving,
    List<RecoveryWindow> recoveryWindows,
    List<WalGap> gaps,
    @Nullable Instant firstRecoverabilityPoint,
    @Nullable Instant latestRestorableTime,
    @Nullable String latestRestorableXid,
    @Nullable LastBackup lastBackup,
    @Nullable Instant nextBackupTime,
    @Nullable BackupProgressStatus currentBackup,
    @Nullable Failure lastBackupFailure,
    @Nullable RetentionStatus retention,
    @Nullable StorageStatus storage,
    boolean ready,
    List<Failure> problems) {

  public AgentStatus {
    recoveryWindows = recoveryWindows == null ? List.of() : List.copyOf(recoveryWindows);
    gaps = gaps == null ? List.of() : List.copyOf(gaps);
    problems = problems == null ? List.of() : List.copyOf(problems);
  }

  /**
   * The server.
   *
   * @param systemIdentifier a decimal number
   * @param serverVersion as in {@code 16.4}
   * @param timeline on which the server was last seen: that of the server at hand while archiving
   *     is {@code Streaming}, {@code Lagging}, {@code AtRisk} or {@code StoreDown}
   * @param walSegmentSize bytes
   * @param dataDirectory its path on the server; absent if the role may not see it
   */
  public record DatabaseStatus(
      String systemIdentifier,
      String serverVersion,
      int timeline,
      int walSegmentSize,
      @Nullable String dataDirectory) {}

  /**
   * A stretch of a timeline that is archived without a hole and begins with a backup.
   *
   * @param from the oldest moment that can be restored
   * @param to when the last transaction in it ended; absent while none has
   * @param fromLsn the position from which a restore is consistent
   * @param toLsn the position behind the last record
   * @param lastXid of the last transaction in it, with its epoch
   * @param contiguous whether it reaches to the end of the archived WAL of that timeline
   * @param closedBy what ended it, if it did not: a gap, a switch to another timeline
   */
  public record RecoveryWindow(
      int timeline,
      Instant from,
      @Nullable Instant to,
      @JsonProperty("fromLSN") String fromLsn,
      @JsonProperty("toLSN") String toLsn,
      @Nullable String lastXid,
      boolean contiguous,
      @Nullable String closedBy) {}

  /** WAL that the archive does not have and will not get: {@code [from, to)}. */
  public record WalGap(
      int timeline,
      @JsonProperty("fromLSN") String fromLsn,
      @JsonProperty("toLSN") String toLsn,
      String cause,
      Instant detectedAt) {}

  /**
   * A backup in short.
   *
   * @param origin {@code Manual}, {@code Scheduled}, {@code Initial}, {@code PostRestore}
   * @param bytes plain size of all files
   * @param storedBytes what this backup added to the archive
   */
  public record LastBackup(
      String backupId,
      String origin,
      Instant completedAt,
      long bytes,
      long storedBytes,
      long durationSeconds) {}

  /**
   * The last run of retention.
   *
   * @param deletedBackups how many it deleted
   * @param failure why it did not get through
   */
  public record RetentionStatus(
      Instant ranAt, int deletedBackups, long deletedBytes, @Nullable Failure failure) {}

  /**
   * The object store.
   *
   * @param location for people, without credentials
   * @param conditionalWrites whether it decides conditions, so that a second writer is kept out for
   *     certain; absent until it was found out
   */
  public record StorageStatus(String location, @Nullable Boolean conditionalWrites) {}
}
