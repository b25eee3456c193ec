package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Stretch;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.verify.Finding.Problem;
import dev.pgbackup.engine.wal.StoreArchivedWal;
import dev.pgbackup.engine.wal.WalObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Verifies that WAL is there without a hole and hashes right. */
final class WalVerification {

  private final Archive archive;
  private final StoreArchivedWal wal;
  private final Sample sample;
  private final Findings findings;
  private final Progress progress;
  private final Set<WalSegment> done = new TreeSet<>();

  WalVerification(Archive archive, Sample sample, Findings findings, Progress progress) {
    this.archive = archive;
    this.wal = new StoreArchivedWal(archive);
    this.sample = sample;
    this.findings = findings;
    this.progress = progress;
  }

  /** The WAL without which a backup is not consistent. */
  void backup(BackupManifest manifest) {
    span(
        manifest.timeline(),
        manifest.startLsn(),
        manifest.stopLsn(),
        Set.of(manifest.backupId()),
        "backup " + manifest.backupId() + " is not consistent without it");
  }

  /**
   * All WAL from the oldest backup on the way to a timeline, to that timeline's newest position.
   *
   * @param durable a position up to which there is WAL for certain
   */
  void window(Timeline live, Lsn durable, List<BackupManifest> backups) {
    Optional<TimelineHistory> history = history(live);
    if (history.isEmpty()) {
      return;
    }
    List<BackupManifest> onTheWay =
        backups.stream()
            .filter(backup -> history.get().passes(backup.timeline(), backup.stopLsn()))
            .sorted((a, b) -> a.startLsn().compareTo(b.startLsn()))
            .toList();
    if (onTheWay.isEmpty()) {
      return;
    }
    Set<BackupId> ids = new TreeSet<>();
    onTheWay.forEach(backup -> ids.add(backup.backupId()));
    Lsn from = onTheWay.get(0).startLsn();
    for (Stretch stretch : history.get().path()) {
      Lsn begin = Lsn.max(from, stretch.from());
      if (stretch.to().map(begin::isBefore).orElse(true)) {
        Lsn end = stretch.to().orElseGet(() -> Lsn.max(durable, wal.newestEnd(live).orElse(begin)));
        span(stretch.timeline(), begin, end, ids, "no target behind it can be reached");
      }
    }
  }

  /** Every history file on the way to a timeline, each of which a restore needs. */
  void histories(Set<Timeline> timelines, Set<BackupId> backups) {
    for (Timeline timeline : timelines) {
      if (!timeline.equals(Timeline.FIRST)) {
        String key = archive.layout().history(timeline);
        progress.looked(key);
        try {
          if (archive.timelines().history(timeline).isEmpty()) {
            findings.add(
                key,
                Problem.Missing,
                "the history of timeline " + timeline + " is not in the store",
                backups);
          }
        } catch (EngineException damaged) {
          record(key, damaged, backups);
        }
      }
    }
  }

  private Optional<TimelineHistory> history(Timeline timeline) {
    try {
      return archive.timelines().history(timeline);
    } catch (EngineException damaged) {
      record(archive.layout().history(timeline), damaged, Set.of());
      return Optional.empty();
    }
  }

  private void span(
      Timeline timeline, Lsn from, Lsn to, Set<BackupId> backups, String consequence) {
    Lsn reached = from;
    while (reached.isBefore(to)) {
      Lsn end = wal.contiguousEnd(timeline, reached);
      if (end.isBefore(to)) {
        Lsn next = wal.nextAfter(timeline, end).orElse(to);
        missing(timeline, end, Lsn.min(next, to), backups, consequence);
        reached = Lsn.max(next, end.plus(1));
      } else {
        reached = to;
      }
    }
    content(timeline, from, to, backups);
  }

  private void missing(
      Timeline timeline, Lsn from, Lsn to, Set<BackupId> backups, String consequence) {
    WalSegment segment = WalSegment.containing(timeline, from, archive.segmentSize());
    String known =
        archive.gaps().of(timeline).stream()
            .filter(gap -> !gap.from().isAfter(from) && gap.to().isAfter(from))
            .map(Gap::cause)
            .findFirst()
            .map(cause -> " (a known gap: " + cause + ")")
            .orElse("");
    boolean whole = segment.start().equals(from) && !segment.end().isAfter(to);
    findings.add(
        archive.layout().segment(segment),
        whole && known.isEmpty() ? Problem.Missing : Problem.Gap,
        "the WAL of timeline "
            + timeline
            + " from "
            + from
            + " to "
            + to
            + " is not in the store"
            + known
            + "; "
            + consequence,
        backups);
  }

  private void content(Timeline timeline, Lsn from, Lsn to, Set<BackupId> backups) {
    WalSegment segment = WalSegment.containing(timeline, from, archive.segmentSize());
    while (segment.start().isBefore(to)) {
      if (done.add(segment)) {
        for (WalObject object : wal.objects(segment)) {
          check(object, backups);
        }
      }
      segment = segment.next();
    }
  }

  private void check(WalObject object, Set<BackupId> backups) {
    progress.looked(object.key());
    if (!sample.has(object.key(), 0)) {
      return;
    }
    try {
      progress.read(object.key(), wal.check(object));
    } catch (ObjectNotFoundException replacedMeanwhile) {
      return;
    } catch (EngineException damaged) {
      record(object.key(), damaged, backups);
    }
  }

  private void record(String key, EngineException failure, Set<BackupId> backups) {
    if (failure.reason() != Reason.ArchiveDamaged) {
      throw failure;
    }
    findings.add(key, Problem.Damaged, String.valueOf(failure.getMessage()), backups);
  }
}
