package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.restore.target.ResolvedTarget;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a restore does: nothing in it is left to be decided.
 *
 * @param request what was asked for
 * @param archive from which it is restored
 * @param backup the base backup with which it begins
 * @param target the one record with which it ends
 * @param wal what is replayed in between
 * @param settings what the replaying server needs, by name
 * @param warnings what a person should know before going on, in whole sentences
 */
public record RestorePlan(
    RestoreRequest request,
    ArchiveId archive,
    BackupManifest backup,
    ResolvedTarget target,
    WalPath wal,
    SortedMap<String, String> settings,
    List<String> warnings) {

  public RestorePlan {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    warnings = List.copyOf(warnings);
  }

  /** Bytes of files that the backup holds. */
  public long baseBytes() {
    return backup.totals().bytes();
  }

  /** Regular files that the backup holds. */
  public long baseFiles() {
    return backup.totals().files();
  }
}
