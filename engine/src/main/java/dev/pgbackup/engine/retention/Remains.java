package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import java.time.Instant;
import java.util.Optional;

/**
 * What lies in the folder of a backup that has no manifest: it was deleted, cut off, or is being
 * written.
 *
 * @param deleted its manifest as it was, if it was deleted
 * @param since when it was deleted, else when its newest object was written; by the store's clock
 */
public record Remains(BackupId id, Optional<BackupManifest> deleted, Instant since) {}
