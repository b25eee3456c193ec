package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The base backups of an archive. Folders are listed by one request per thousand; a manifest is
 * read when it is come to.
 */
public final class Catalog {

  private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

  private final Archive archive;
  private final StoredDocuments documents;

  Catalog(Archive archive) {
    this.archive = archive;
    this.documents = new StoredDocuments(archive.store());
  }

  /** The ids of all backups that were ever begun and of which something is left, newest first. */
  public List<BackupId> begun() {
    List<BackupId> ids = new ArrayList<>();
    for (String folder : archive.store().listFolders(archive.layout().backups())) {
      if (BackupId.isBackupId(folder)) {
        ids.add(new BackupId(folder));
      }
    }
    Collections.reverse(ids);
    return ids;
  }

  /**
   * The published backups, newest first, read as they are come to. One that cannot be read is left
   * out with a warning, so that it never stands in the way of the others.
   */
  public Stream<BackupManifest> newestFirst() {
    return begun().stream().flatMap(id -> readable(id).stream());
  }

  /** A published backup; empty, with a warning, if it cannot be read. */
  public Optional<BackupManifest> readable(BackupId id) {
    try {
      return find(id);
    } catch (EngineException failure) {
      if (failure.reason() != Reason.ArchiveDamaged
          && failure.reason() != Reason.UnsupportedArchiveVersion) {
        throw failure;
      }
      LOG.warn("Backup {} is left out: {}", id, failure.getMessage());
      return Optional.empty();
    }
  }

  /** Whether a backup is published, without reading its manifest. */
  public boolean isPublished(BackupId id) {
    return archive.store().head(archive.layout().manifest(id)).isPresent();
  }

  /**
   * A published backup; empty if there is none of that id.
   *
   * @throws EngineException {@code ArchiveDamaged}, {@code UnsupportedArchiveVersion}
   */
  public Optional<BackupManifest> find(BackupId id) {
    String key = archive.layout().manifest(id);
    Optional<BackupManifest> manifest =
        documents.find(key, BackupManifest.class).map(StoredDocuments.Stored::document);
    if (manifest.isPresent() && !manifest.get().backupId().equals(id)) {
      throw new EngineException(
          Reason.ArchiveDamaged, key + " is the manifest of backup " + manifest.get().backupId());
    }
    return manifest;
  }

  /**
   * A published backup.
   *
   * @throws EngineException as {@link #find}, and {@code BackupNotFound}
   */
  public BackupManifest get(BackupId id) {
    return find(id)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.BackupNotFound,
                    "There is no backup "
                        + id
                        + " in archive "
                        + archive.id()
                        + "; `pgbackup list` shows those that are there."));
  }
}
