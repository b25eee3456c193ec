package dev.pgbackup.contract.status;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backup that was asked for: how far it is, or how it ended.
 *
 * @param requestId of who asked for it; of the agent's own ones a random one
 * @param backupId absent until it has begun
 * @param origin {@code Manual}, {@code Scheduled}, {@code Initial}, {@code PostRestore}
 * @param startedAt absent while it waits for its turn
 * @param endedAt present when the phase is the last one
 * @param bytesDone plain bytes read
 * @param bytesTotal plain bytes to be read as far as known
 * @param filesDone files read
 * @param bytesPerSecond over the last seconds
 * @param etaSeconds until all is read
 * @param failure why it failed
 */
public record BackupProgressStatus(
    String requestId,
    @Nullable String backupId,
    String origin,
    Phase phase,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Long bytesDone,
    @Nullable Long bytesTotal,
    @Nullable Long filesDone,
    @Nullable Long bytesPerSecond,
    @Nullable Long etaSeconds,
    @Nullable Failure failure) {

  /** How far it is. */
  public enum Phase {
    /** Asked for, not begun. */
    Pending,
    /** Files are read and uploaded. */
    Running,
    /** All is uploaded; the WAL that makes it consistent is awaited. */
    WaitingForWal,
    /** Published. */
    Completed,
    /** Nothing was published. */
    Failed,
    /** A phase that a newer agent knows. */
    @JsonEnumDefaultValue
    Unknown;

    public boolean isLast() {
      return this == Completed || this == Failed;
    }
  }
}
