package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.document.ArchiveDocuments;
import dev.pgbackup.contract.status.AgentStatus.WalGap;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.restore.window.RecoveryWindow;
import dev.pgbackup.engine.restore.window.RecoveryWindows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the archive holds, as last looked at. A manifest is read once, since it never changes; the
 * windows of timelines on which nothing happens are looked at now and then.
 */
final class ArchiveView {

  private static final Duration WHOLE_EVERY = Duration.ofMinutes(10);

  /**
   * The archive at one moment.
   *
   * @param backups newest first
   * @param live the timeline on which the server was last seen
   * @param windows by timeline, oldest first
   * @param newestOnLive the newest backup from which the live timeline's present can be reached
   */
  record Snapshot(
      List<BackupManifest> backups,
      Optional<Timeline> live,
      List<RecoveryWindow> windows,
      List<WalGap> gaps,
      Optional<BackupManifest> newestOnLive) {

    Snapshot {
      backups = List.copyOf(backups);
      windows = List.copyOf(windows);
      gaps = List.copyOf(gaps);
    }

    /** The window that still grows. */
    Optional<RecoveryWindow> open() {
      return windows.stream().filter(RecoveryWindow::isOpen).reduce((first, second) -> second);
    }
  }

  private final Archive archive;
  private final Map<BackupId, BackupManifest> manifests = new TreeMap<>();
  private Optional<Timeline> lastLive = Optional.empty();
  private List<RecoveryWindow> abandoned = List.of();
  private Instant wholeDueAt = Instant.MIN;

  ArchiveView(Archive archive) {
    this.archive = archive;
  }

  /** Has the next look be at everything. */
  synchronized void forget() {
    wholeDueAt = Instant.MIN;
  }

  /** Looks. */
  synchronized Snapshot look(Instant now) {
    boolean whole = !now.isBefore(wholeDueAt);
    whole |= readManifests(whole);
    List<BackupManifest> backups = new ArrayList<>(manifests.values());
    Collections.reverse(backups);
    Optional<Timeline> live = archive.timelines().live();
    RecoveryWindows windows = new RecoveryWindows(archive);
    List<RecoveryWindow> shown;
    if (whole || !live.equals(lastLive)) {
      shown = windows.all(backups);
      abandoned =
          shown.stream()
              .filter(window -> !Optional.of(window.branch().timeline()).equals(live))
              .toList();
      lastLive = live;
      wholeDueAt = now.plus(WHOLE_EVERY);
    } else {
      shown = Stream.concat(abandoned.stream(), windows.live(backups).stream()).toList();
    }
    return new Snapshot(
        backups, live, shown, ArchiveDocuments.gaps(archive), newestOn(live, backups));
  }

  /** Returns whether backups have come or gone. */
  private boolean readManifests(boolean whole) {
    List<BackupId> begun = archive.catalog().begun();
    boolean changed = manifests.keySet().retainAll(begun);
    for (BackupId id : begun) {
      if (whole && manifests.containsKey(id) && !archive.catalog().isPublished(id)) {
        manifests.remove(id);
        changed = true;
      } else if (!manifests.containsKey(id)) {
        Optional<BackupManifest> found = archive.catalog().readable(id);
        found.ifPresent(manifest -> manifests.put(id, manifest));
        changed |= found.isPresent();
      }
    }
    return changed;
  }

  private Optional<BackupManifest> newestOn(
      Optional<Timeline> live, List<BackupManifest> newestFirst) {
    Optional<TimelineHistory> branch =
        live.flatMap(timeline -> archive.timelines().history(timeline));
    return newestFirst.stream()
        .filter(
            backup ->
                branch.map(way -> way.passes(backup.timeline(), backup.stopLsn())).orElse(false))
        .findFirst();
  }
}
