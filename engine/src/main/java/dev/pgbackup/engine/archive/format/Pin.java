package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code pins/<id>}: what must not be deleted while somebody uses it.
 *
 * @param holder who, for people
 * @param epoch of {@code owner.json}, where its holder is that writer: a later writer may take it
 *     at once; null where the holder is somebody else
 * @param until the pin counts for nothing afterwards
 * @param backups whose manifests and chunks are in use
 * @param timeline with {@code walFrom}: WAL from there on is in use; null if none
 */
public record Pin(
    FormatVersion formatVersion,
    String holder,
    @Nullable Long epoch,
    Instant until,
    Set<BackupId> backups,
    @Nullable Timeline timeline,
    @Nullable Lsn walFrom) {

  public Pin {
    backups = Set.copyOf(backups);
  }
}
