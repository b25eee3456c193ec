package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What of an archive goes, what stays, and why. It says nothing that a person could not check.
 *
 * @param reference the time from which the recovery window counts back
 * @param backups every published backup, oldest first
 * @param remains every folder without a manifest
 * @param wal every timeline that has any
 * @param notes what a person should know, in sentences
 */
public record PrunePlan(
    Instant reference,
    List<BackupDecision> backups,
    List<RemainsDecision> remains,
    List<WalDecision> wal,
    List<String> notes) {

  public PrunePlan {
    backups = List.copyOf(backups);
    remains = List.copyOf(remains);
    wal = List.copyOf(wal);
    notes = List.copyOf(notes);
  }

  /** Whether a backup is deleted, and why or why not. */
  public record BackupDecision(BackupManifest manifest, boolean delete, String reason) {

    public BackupId id() {
      return manifest.backupId();
    }
  }

  /**
   * Whether what no manifest refers to is deleted from a folder that has no manifest of its own.
   */
  public record RemainsDecision(BackupId id, boolean delete, String reason) {}

  /**
   * How much of a timeline's WAL and commit index is kept.
   *
   * @param keepFrom segments that end at or before it are deleted; empty: all of the timeline is
   */
  public record WalDecision(Timeline timeline, Optional<Lsn> keepFrom, String reason) {

    boolean keepsAll() {
      return keepFrom.equals(Optional.of(Lsn.ZERO));
    }
  }

  public List<BackupDecision> deletedBackups() {
    return backups.stream().filter(BackupDecision::delete).toList();
  }

  public List<BackupDecision> keptBackups() {
    return backups.stream().filter(decision -> !decision.delete()).toList();
  }
}
