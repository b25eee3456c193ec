package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.AgentStatus.LastBackup;
import dev.pgbackup.contract.status.AgentStatus.WalGap;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.window.RecoveryWindow;
import dev.pgbackup.engine.restore.window.RecoveryWindows;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Backups, windows and gaps of an archive. */
public final class ArchiveDocuments {

  private ArchiveDocuments() {}

  /** Everything that `list` shows. */
  public static BackupList list(Archive archive) {
    List<BackupManifest> backups = archive.catalog().newestFirst().toList();
    return new BackupList(
        ContractJson.VERSION,
        archive.id().toString(),
        archive.identity().systemIdentifier().toString(),
        archive.identity().majorVersion(),
        archive.timelines().live().map(Timeline::number).orElse(null),
        backups.stream().map(ArchiveDocuments::backup).toList(),
        new RecoveryWindows(archive).all(backups).stream().map(ArchiveDocuments::window).toList(),
        gaps(archive));
  }

  /** The gaps of all timelines that have WAL. */
  public static List<WalGap> gaps(Archive archive) {
    return archive.timelines().withWal().stream()
        .flatMap(timeline -> archive.gaps().of(timeline).stream())
        .map(ArchiveDocuments::gap)
        .toList();
  }

  public static BackupDocument backup(BackupManifest manifest) {
    return new BackupDocument(
        manifest.backupId().toString(),
        manifest.origin().name(),
        manifest.timeline().number(),
        manifest.startLsn().toString(),
        manifest.stopLsn().toString(),
        manifest.nextXidAtStart().toString(),
        manifest.nextXidAtStop().toString(),
        manifest.startedAt(),
        manifest.stoppedAt(),
        manifest.publishedAt(),
        manifest.totals().bytes(),
        manifest.totals().newBytes(),
        manifest.totals().storedBytes(),
        manifest.totals().files(),
        manifest.server().version().toString(),
        manifest.references().stream().map(BackupId::toString).toList());
  }

  public static LastBackup lastBackup(BackupManifest manifest) {
    return new LastBackup(
        manifest.backupId().toString(),
        manifest.origin().name(),
        manifest.publishedAt(),
        manifest.totals().bytes(),
        manifest.totals().storedBytes(),
        Duration.between(manifest.startedAt(), manifest.publishedAt()).toSeconds());
  }

  public static dev.pgbackup.contract.status.AgentStatus.RecoveryWindow window(
      RecoveryWindow window) {
    Optional<WalEvent.TransactionEnd> last = window.last();
    return new dev.pgbackup.contract.status.AgentStatus.RecoveryWindow(
        window.branch().timeline().number(),
        window.first().stoppedAt(),
        last.map(WalEvent.TransactionEnd::time).orElse(null),
        window.from().toString(),
        window.to().toString(),
        last.map(end -> end.xid().toString()).orElse(null),
        window.isContiguous(),
        window.closedBy().orElse(null));
  }

  private static WalGap gap(Gap gap) {
    return new WalGap(
        gap.timeline().number(),
        gap.from().toString(),
        gap.to().toString(),
        gap.cause(),
        gap.detectedAt());
  }
}
