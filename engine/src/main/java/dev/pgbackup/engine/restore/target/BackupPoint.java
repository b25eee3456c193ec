package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import java.time.Instant;

/**
 * A base backup as far as targets are concerned.
 *
 * @param timeline on which it was taken
 * @param start replay begins here
 * @param stop replay is consistent from here on; no target lies before it
 * @param nextXidAtStart with its epoch
 */
public record BackupPoint(
    BackupId id, Timeline timeline, Lsn start, Lsn stop, Xid nextXidAtStart, Instant stoppedAt) {

  public static BackupPoint of(BackupManifest manifest) {
    return new BackupPoint(
        manifest.backupId(),
        manifest.timeline(),
        manifest.startLsn(),
        manifest.stopLsn(),
        manifest.nextXidAtStart(),
        manifest.stoppedAt());
  }
}
