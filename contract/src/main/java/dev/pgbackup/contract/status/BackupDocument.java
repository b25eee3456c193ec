package dev.pgbackup.contract.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * A published base backup.
 *
 * @param origin {@code Manual}, {@code Scheduled}, {@code Initial}, {@code PostRestore}
 * @param beginLsn WAL is needed from here on
 * @param endLsn replay is consistent from here on
 * @param beginXid the next transaction id when it began, with its epoch
 * @param endXid the same when it ended
 * @param completedAt when its manifest was published
 * @param totalBytes plain size of all files
 * @param newBytes plain size of what this backup uploaded
 * @param storedBytes what it added to the archive
 * @param files regular files
 * @param serverVersion as in {@code 16.4}
 * @param references older backups whose content it uses
 */
public record BackupDocument(
    String backupId,
    String origin,
    int timeline,
    @JsonProperty("beginLSN") String beginLsn,
    @JsonProperty("endLSN") String endLsn,
    String beginXid,
    String endXid,
    Instant startedAt,
    Instant stoppedAt,
    Instant completedAt,
    long totalBytes,
    long newBytes,
    long storedBytes,
    long files,
    String serverVersion,
    List<String> references) {

  public BackupDocument {
    references = references == null ? List.of() : List.copyOf(references);
  }
}
