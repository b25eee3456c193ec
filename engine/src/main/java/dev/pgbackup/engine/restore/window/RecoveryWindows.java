package dev.pgbackup.engine.restore.window;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.restore.target.BackupPoint;
import dev.pgbackup.engine.wal.StoreArchivedWal;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.CommitIndex;
import dev.pgbackup.engine.wal.index.IndexedBranch;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Works out what can be restored. Reads small objects, and few of them. */
public final class RecoveryWindows {

  private final Archive archive;
  private final StoreArchivedWal wal;
  private final CommitIndex index;

  public RecoveryWindows(Archive archive) {
    this.archive = archive;
    this.wal = new StoreArchivedWal(archive);
    this.index = new CommitIndex(archive, wal);
  }

  /**
   * The windows of all timelines that have WAL, by timeline, oldest first. What lies wholly on the
   * way to a later timeline is shown as a part of that one's only.
   *
   * @param backups the published ones
   */
  public List<RecoveryWindow> all(Collection<BackupManifest> backups) {
    Optional<Timeline> live = archive.timelines().live();
    SortedSet<Timeline> timelines = new TreeSet<>(archive.timelines().withWal());
    live.ifPresent(timelines::add);
    List<RecoveryWindow> windows = new ArrayList<>();
    for (Timeline timeline : timelines) {
      windows.addAll(of(timeline, live, backups));
    }
    List<TimelineHistory> branches =
        windows.stream().map(RecoveryWindow::branch).distinct().toList();
    return windows.stream().filter(window -> !isPartOfAnother(window, branches)).toList();
  }

  /**
   * The windows of the timeline on which the server was last seen, oldest first.
   *
   * @param backups the published ones
   */
  public List<RecoveryWindow> live(Collection<BackupManifest> backups) {
    Optional<Timeline> live = archive.timelines().live();
    return live.map(timeline -> of(timeline, live, backups)).orElse(List.of());
  }

  /**
   * The windows of one timeline, oldest first; none if the archive does not know it.
   *
   * @param backups the published ones
   */
  public List<RecoveryWindow> of(Timeline timeline, Collection<BackupManifest> backups) {
    return of(timeline, archive.timelines().live(), backups);
  }

  private static boolean isPartOfAnother(RecoveryWindow window, List<TimelineHistory> branches) {
    Timeline own = window.branch().timeline();
    return branches.stream()
        .filter(branch -> !branch.timeline().equals(own))
        .anyMatch(branch -> branch.passes(own, window.to()));
  }

  private List<RecoveryWindow> of(
      Timeline timeline, Optional<Timeline> live, Collection<BackupManifest> backups) {
    Optional<TimelineHistory> history = wal.history(timeline);
    if (history.isEmpty()) {
      return List.of();
    }
    List<BackupPoint> points =
        backups.stream()
            .map(BackupPoint::of)
            .filter(backup -> history.get().passes(backup.timeline(), backup.stop()))
            .sorted(Comparator.comparing(BackupPoint::start).thenComparing(BackupPoint::stop))
            .collect(Collectors.toCollection(ArrayList::new));
    List<RecoveryWindow> windows = new ArrayList<>();
    while (!points.isEmpty()) {
      BackupPoint first = points.get(0);
      IndexedBranch branch = index.branch(history.get(), first.start(), first.nextXidAtStart());
      List<BackupPoint> within =
          points.stream().filter(backup -> !backup.stop().isAfter(branch.end())).toList();
      List<BackupPoint> later =
          points.stream().filter(backup -> !backup.start().isBefore(branch.end())).toList();
      if (!within.isEmpty()) {
        windows.add(window(branch, within, later, live));
      }
      // What lies across the hole is in no window.
      points.retainAll(later);
    }
    return windows;
  }

  private RecoveryWindow window(
      IndexedBranch branch,
      List<BackupPoint> within,
      List<BackupPoint> later,
      Optional<Timeline> live) {
    Optional<Lsn> hole = hole(branch);
    return new RecoveryWindow(
        branch.history(),
        within.get(0),
        within.stream().map(BackupPoint::id).toList(),
        branch.end(),
        lastTransaction(branch),
        branch.nextXidAtEnd(),
        hole.isEmpty() && later.isEmpty(),
        closedBy(branch, hole, later, live));
  }

  /** Where WAL is missing, if there is more behind it. */
  private Optional<Lsn> hole(IndexedBranch branch) {
    Timeline timeline = branch.history().timeline();
    Lsn begin = branch.history().begin().orElse(Lsn.ZERO);
    if (branch.end().isBefore(begin)) {
      return Optional.of(branch.end());
    }
    Lsn contiguous = wal.contiguousEnd(timeline, branch.end());
    Optional<Lsn> newest = wal.newestEnd(timeline);
    return newest.isPresent() && newest.get().isAfter(contiguous)
        ? Optional.of(contiguous)
        : Optional.empty();
  }

  private static Optional<String> closedBy(
      IndexedBranch branch, Optional<Lsn> hole, List<BackupPoint> later, Optional<Timeline> live) {
    if (hole.isPresent() || !later.isEmpty()) {
      return Optional.of("the archive has no WAL from " + hole.orElse(branch.end()) + " on");
    }
    Timeline timeline = branch.history().timeline();
    return live.filter(now -> !now.equals(timeline))
        .map(now -> "the server left it; it is on timeline " + now);
  }

  private static Optional<WalEvent.TransactionEnd> lastTransaction(IndexedBranch branch) {
    return branch
        .last(
            span -> span.transactions().isPresent(),
            WalEvent.TransactionEnd.class::isInstance,
            branch.end())
        .map(BranchEvent::event)
        .map(WalEvent.TransactionEnd.class::cast);
  }
}
