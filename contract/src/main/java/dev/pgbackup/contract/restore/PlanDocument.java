package dev.pgbackup.contract.restore;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restore would do; also {@code pgbackup plan -o json}.
 *
 * @param target in words
 * @param backupId the backup that it begins from
 * @param timeline on which the last record lies
 * @param targetLsn the position behind the last record that is replayed
 * @param targetTime when the last transaction that is replayed ended; absent if there is none
 *     behind the backup
 * @param targetXid its id, with its epoch
 * @param timelinePath the timelines that are replayed, in order
 * @param walSegments how many segments are replayed, parts of segments counted
 * @param walBytes plain bytes of WAL that are replayed
 * @param bytes plain bytes of files
 * @param storedBytes bytes to be fetched for them as far as known
 * @param serverVersion of the server that the backup is of; the major version is needed to replay
 * @param tablespaces folders outside the data directory that are needed
 * @param warnings what a person should know before going on
 */
public record PlanDocument(
    int version,
    String archiveId,
    String target,
    String backupId,
    int timeline,
    @JsonProperty("targetLSN") String targetLsn,
    @Nullable Instant targetTime,
    @Nullable String targetXid,
    List<Integer> timelinePath,
    long walSegments,
    long walBytes,
    long bytes,
    @Nullable Long storedBytes,
    String serverVersion,
    List<String> tablespaces,
    List<String> warnings) {

  public PlanDocument {
    timelinePath = timelinePath == null ? List.of() : List.copyOf(timelinePath);
    tablespaces = tablespaces == null ? List.of() : List.copyOf(tablespaces);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
  }
}
