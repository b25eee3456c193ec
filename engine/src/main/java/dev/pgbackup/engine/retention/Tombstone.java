package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FormatVersion;
import java.time.Instant;

/**
 * {@code base/<backup-id>/deleted}: a backup that is no more, but whose content stays for a grace
 * period. It is written before the manifest is deleted, and is the last object of the backup to go.
 *
 * @param deletedAt by the clock of who deleted it, for people; the store's time of this object is
 *     what counts
 * @param reason in words
 * @param manifest as it was
 */
public record Tombstone(
    FormatVersion formatVersion, Instant deletedAt, String reason, BackupManifest manifest) {}
