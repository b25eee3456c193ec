package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import java.time.Instant;

/**
 * A published backup.
 *
 * @param manifest what it is
 * @param storedAt when its manifest was written, by the store's clock
 */
public record ArchivedBackup(BackupManifest manifest, Instant storedAt) {

  public BackupId id() {
    return manifest.backupId();
  }

  /**
   * When it was complete, by whichever clock says later: a clock that was slow makes no backup look
   * old.
   */
  public Instant completedAt() {
    return manifest.stoppedAt().isAfter(storedAt) ? manifest.stoppedAt() : storedAt;
  }
}
