package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.content.FileListReader;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.verify.Finding.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One run of a verification. */
final class Verification {

  private final Archive archive;
  private final ArchiveLayout layout;
  private final VerifyRequest request;
  private final StoredDocuments documents;
  private final Sample sample;
  private final Findings findings = new Findings();
  private final Progress progress;

  Verification(Archive archive, VerifyRequest request, VerifyProgress listener) {
    this.archive = archive;
    this.layout = archive.layout();
    this.request = request;
    this.documents = new StoredDocuments(archive.store());
    this.sample = new Sample(request.sample(), request.seed());
    this.progress = new Progress(listener);
  }

  VerifyReport run() {
    identity();
    List<BackupId> ids = backups();
    List<BackupManifest> manifests = new ArrayList<>();
    ids.forEach(id -> manifest(id).ifPresent(manifests::add));
    new BundleVerification(
            archive,
            manifests.stream().filter(this::hasReadableList).toList(),
            sample,
            findings,
            progress)
        .run();
    wal(manifests);
    return new VerifyReport(
        ids,
        findings.toList(),
        progress.objects(),
        progress.chunks(),
        progress.bytesRead(),
        request.isSample());
  }

  private void identity() {
    String key = layout.identity();
    progress.looked(key);
    try {
      if (Archive.find(archive.store(), archive.id()).isEmpty()) {
        findings.add(key, Problem.Missing, "the archive's identity is not in the store", Set.of());
      }
    } catch (EngineException failure) {
      damaged(key, failure, Set.of());
    }
  }

  private List<BackupId> backups() {
    if (request.backup().isPresent()) {
      BackupId id = request.backup().get();
      if (archive.store().head(layout.manifest(id)).isEmpty()) {
        throw new EngineException(
            Reason.BackupNotFound,
            "there is no backup " + id + " in archive " + archive.id() + "; see `pgbackup list`");
      }
      return List.of(id);
    }
    return archive.store().listFolders(layout.backups()).stream()
        .filter(BackupId::isBackupId)
        .map(BackupId::new)
        .filter(id -> archive.store().head(layout.manifest(id)).isPresent())
        .toList();
  }

  private Optional<BackupManifest> manifest(BackupId id) {
    String key = layout.manifest(id);
    progress.looked(key);
    try {
      Optional<BackupManifest> manifest =
          documents.find(key, BackupManifest.class).map(StoredDocuments.Stored::document);
      if (manifest.isPresent() && !manifest.get().backupId().equals(id)) {
        findings.add(
            key,
            Problem.Damaged,
            "is the manifest of backup " + manifest.get().backupId(),
            Set.of(id));
        return Optional.empty();
      }
      return manifest;
    } catch (EngineException failure) {
      damaged(key, failure, Set.of(id));
      return Optional.empty();
    }
  }

  private boolean hasReadableList(BackupManifest manifest) {
    String key = layout.files(manifest.backupId());
    Set<BackupId> needing = Set.of(manifest.backupId());
    progress.looked(key);
    Optional<ObjectInfo> info = archive.store().head(key);
    if (info.isPresent() && info.get().size() != manifest.files().storedSize()) {
      findings.add(
          key,
          Problem.WrongSize,
          "has " + info.get().size() + " bytes instead of " + manifest.files().storedSize(),
          needing);
      return false;
    }
    try {
      FileListReader.read(archive, manifest, file -> {});
      return true;
    } catch (ObjectNotFoundException missing) {
      findings.add(key, Problem.Missing, "the list of files is not in the store", needing);
    } catch (EngineException failure) {
      damaged(key, failure, needing);
    }
    return false;
  }

  private void wal(List<BackupManifest> manifests) {
    WalVerification wal = new WalVerification(archive, sample, findings, progress);
    Set<Timeline> timelines = new TreeSet<>();
    Set<BackupId> ids = new TreeSet<>();
    for (BackupManifest manifest : manifests) {
      timelines.add(manifest.timeline());
      ids.add(manifest.backupId());
    }
    Optional<Owner> owner = owner();
    Optional<Timeline> live = owner.flatMap(found -> Optional.ofNullable(found.timeline()));
    live.ifPresent(timelines::add);
    wal.histories(timelines, ids);
    manifests.forEach(wal::backup);
    if (request.window()) {
      Lsn durable = owner.flatMap(found -> Optional.ofNullable(found.durable())).orElse(Lsn.ZERO);
      live.ifPresent(timeline -> wal.window(timeline, durable, manifests));
    }
  }

  private Optional<Owner> owner() {
    String key = layout.owner();
    progress.looked(key);
    try {
      Optional<Owner> owner =
          documents.find(key, Owner.class).map(StoredDocuments.Stored::document);
      if (owner.isEmpty()) {
        findings.add(key, Problem.Missing, "who writes the archive is not in the store", Set.of());
      }
      return owner;
    } catch (EngineException failure) {
      damaged(key, failure, Set.of());
      return Optional.empty();
    }
  }

  private void damaged(String key, EngineException failure, Set<BackupId> backups) {
    boolean about =
        switch (failure.reason()) {
          case ArchiveDamaged, ForeignArchive, UnsupportedArchiveVersion -> true;
          default -> false;
        };
    if (!about) {
      throw failure;
    }
    findings.add(key, Problem.Damaged, String.valueOf(failure.getMessage()), backups);
  }
}
