package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Looks at an archive for what may go. It lists folders of backups, and of WAL only the newest. */
final class ArchiveSurvey {

  private final ObjectStore store;
  private final Archive archive;
  private final ArchiveLayout layout;
  private final StoredDocuments documents;

  ArchiveSurvey(Archive archive) {
    this.archive = archive;
    this.store = archive.store();
    this.layout = archive.layout();
    this.documents = new StoredDocuments(store);
  }

  /**
   * Looks.
   *
   * @throws EngineException {@code ArchiveDamaged}, if something is not readable: then nothing can
   *     be said to be needless
   */
  ArchiveSnapshot look() {
    List<ArchivedBackup> backups = new ArrayList<>();
    List<Remains> remains = new ArrayList<>();
    for (String folder : store.listFolders(layout.backups())) {
      if (BackupId.isBackupId(folder)) {
        BackupId id = new BackupId(folder);
        Optional<ArchivedBackup> backup = published(id);
        backup.ifPresent(backups::add);
        if (backup.isEmpty()) {
          remains(id).ifPresent(remains::add);
        }
      }
    }
    Optional<StoredDocuments.Stored<Owner>> owner = documents.find(layout.owner(), Owner.class);
    Timeline live = live(owner.map(StoredDocuments.Stored::document), backups);
    List<Branch> branches = branches(live, backups);
    return new ArchiveSnapshot(
        live, branches, backups, remains, pins(), lastSignOfLife(owner, branches, backups));
  }

  Optional<ArchivedBackup> published(BackupId id) {
    return documents
        .find(layout.manifest(id), BackupManifest.class)
        .map(found -> new ArchivedBackup(found.document(), found.info().lastModified()));
  }

  /** Empty if the folder has vanished meanwhile. */
  Optional<Remains> remains(BackupId id) {
    Optional<StoredDocuments.Stored<Tombstone>> tombstone =
        documents.find(layout.tombstone(id), Tombstone.class);
    if (tombstone.isPresent()) {
      return Optional.of(
          new Remains(
              id,
              tombstone.map(found -> found.document().manifest()),
              tombstone.get().info().lastModified()));
    }
    return store
        .list(layout.backup(id) + "/", "")
        .map(ObjectInfo::lastModified)
        .max(Comparator.naturalOrder())
        .map(newest -> new Remains(id, Optional.empty(), newest));
  }

  List<Pin> pins() {
    return store
        .list(layout.pins() + "/", "")
        .flatMap(info -> documents.find(info.key(), Pin.class).stream())
        .map(StoredDocuments.Stored::document)
        .toList();
  }

  private static Timeline live(Optional<Owner> owner, List<ArchivedBackup> backups) {
    return owner
        .flatMap(found -> Optional.ofNullable(found.timeline()))
        .orElseGet(
            () ->
                backups.stream()
                    .max(Comparator.comparing(ArchivedBackup::id))
                    .map(newest -> newest.manifest().timeline())
                    .orElse(Timeline.FIRST));
  }

  private List<Branch> branches(Timeline live, List<ArchivedBackup> backups) {
    TreeSet<Timeline> timelines = new TreeSet<>(List.of(live));
    backups.forEach(backup -> timelines.add(backup.manifest().timeline()));
    store.listFolders(layout.wal()).forEach(name -> timelines.add(Timeline.parseHex(name)));
    return timelines.stream()
        .map(timeline -> new Branch(history(timeline), lastWritten(timeline, backups)))
        .toList();
  }

  private TimelineHistory history(Timeline timeline) {
    return archive
        .timelines()
        .history(timeline)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ArchiveDamaged,
                    "the archive has WAL or backups of timeline "
                        + timeline
                        + " but not "
                        + layout.history(timeline)
                        + ", so what leads to it is unknown; nothing is deleted. Bring that file back from the server's"
                        + " pg_wal or from an older version of the object"));
  }

  private Instant lastWritten(Timeline timeline, List<ArchivedBackup> backups) {
    List<String> logs = store.listFolders(layout.wal(timeline));
    Stream<Instant> wal =
        logs.isEmpty()
            ? Stream.empty()
            : store
                .list(layout.wal(timeline) + "/" + logs.get(logs.size() - 1) + "/", "")
                .map(ObjectInfo::lastModified);
    Stream<Instant> published =
        backups.stream()
            .filter(backup -> backup.manifest().timeline().equals(timeline))
            .map(ArchivedBackup::storedAt);
    return Stream.concat(wal, published).max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
  }

  private Instant lastSignOfLife(
      Optional<StoredDocuments.Stored<Owner>> owner,
      List<Branch> branches,
      List<ArchivedBackup> backups) {
    return Stream.of(
            owner.stream().map(found -> found.info().lastModified()),
            branches.stream().map(Branch::lastWrittenAt),
            backups.stream().map(ArchivedBackup::storedAt))
        .flatMap(times -> times)
        .max(Comparator.naturalOrder())
        .orElse(archive.identity().createdAt());
  }
}
