package dev.pgbackup.contract.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code pgbackup prune -o json}: what goes, what stays, and why.
 *
 * @param dryRun whether nothing was changed
 * @param reference the time from which the recovery window counts back
 * @param backups oldest first
 * @param remains folders without a manifest: deleted or cut-off backups
 * @param notes what a person should know
 * @param done what was deleted; absent with {@code dryRun}
 */
public record PruneDocument(
    int version,
    String archiveId,
    boolean dryRun,
    Instant reference,
    List<Decision> backups,
    List<Decision> remains,
    List<WalDecision> wal,
    List<String> notes,
    @Nullable Done done) {

  /** Whether a backup, or what is left of one, goes. */
  public record Decision(String backupId, boolean delete, String why) {}

  /**
   * How much of a timeline's WAL is kept.
   *
   * @param keepFromLsn segments that end at or before it go; absent: all of it goes
   */
  public record WalDecision(
      int timeline, @Nullable @JsonProperty("keepFromLSN") String keepFromLsn, String why) {}

  /** What was deleted. */
  public record Done(int backups, int bundles, long walObjects, long bytes, int abortedUploads) {}

  public PruneDocument {
    backups = backups == null ? List.of() : List.copyOf(backups);
    remains = remains == null ? List.of() : List.copyOf(remains);
    wal = wal == null ? List.of() : List.copyOf(wal);
    notes = notes == null ? List.of() : List.copyOf(notes);
  }
}
