package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.CommitIndex;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.index.IndexedBranch;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the one record that a target means, by PostgreSQL's own rules, and refuses what cannot
 * work.
 *
 * <p>A target is looked for from the oldest of the backups offered, in WAL order, so that it means
 * the same whichever backup a restore then begins from.
 */
public final class TargetResolver {

  private final CommitIndex index;

  public TargetResolver(CommitIndex index) {
    this.index = index;
  }

  /**
   * @param branch the way to the timeline on which the target is looked for
   * @param backups from which a restore may begin, in any order; those that do not lie on the
   *     branch are left out
   * @throws EngineException with {@code NoBackup}, {@code TimelineUnreachable}, {@code
   *     TargetBeforeWindow}, {@code TargetBeyondArchive}, {@code WalGapInRange}, {@code
   *     XidNotFound}, {@code TargetAborted} or {@code RestorePointNotFound}
   */
  public ResolvedTarget resolve(
      RecoveryTarget target, TimelineHistory branch, List<BackupPoint> backups) {
    List<BackupPoint> candidates = onBranch(branch, backups);
    if (target instanceof RecoveryTarget.Immediate) {
      // The newest alone: what "as soon as possible" means depends on the backup.
      candidates = candidates.subList(candidates.size() - 1, candidates.size());
    }
    List<Window> windows = windows(branch, candidates);
    return finish(target, branch, windows, search(target, windows));
  }

  private static Stop search(RecoveryTarget target, List<Window> windows) {
    if (target instanceof RecoveryTarget.Transaction transaction) {
      return new TransactionSearch(transaction, windows).find();
    } else if (target instanceof RecoveryTarget.Time time) {
      return new TimeSearch(time, windows).find();
    } else if (target instanceof RecoveryTarget.Position position) {
      return new PositionSearch(position, windows).find();
    } else if (target instanceof RecoveryTarget.NamedPoint point) {
      return new NameSearch(point, windows).find();
    } else if (target instanceof RecoveryTarget.Immediate) {
      Window window = windows.get(windows.size() - 1);
      return window.recordUpTo(window.firstBackup().stop());
    }
    Window window = windows.get(windows.size() - 1);
    return window.recordUpTo(window.branch().end());
  }

  private static List<BackupPoint> onBranch(TimelineHistory branch, List<BackupPoint> backups) {
    if (backups.isEmpty()) {
      throw new EngineException(
          Reason.NoBackup, "There is no base backup to begin from. Take one: `pgbackup backup`.");
    }
    List<BackupPoint> candidates =
        backups.stream()
            .filter(backup -> branch.passes(backup.timeline(), backup.stop()))
            .sorted(Comparator.comparing(BackupPoint::start).thenComparing(BackupPoint::stop))
            .toList();
    if (candidates.isEmpty()) {
      List<Timeline> others =
          backups.stream().map(BackupPoint::timeline).distinct().sorted().toList();
      throw new EngineException(
          Reason.TimelineUnreachable,
          "No base backup lies on the way to timeline "
              + branch.timeline()
              + "; there are backups on "
              + (others.size() == 1 ? "timeline " : "timelines ")
              + String.join(", ", others.stream().map(Timeline::toString).toList())
              + ". Choose one of these, or a target on it.");
    }
    return candidates;
  }

  private List<Window> windows(TimelineHistory history, List<BackupPoint> candidates) {
    List<Window> windows = new ArrayList<>();
    int next = 0;
    while (next < candidates.size()) {
      BackupPoint first = candidates.get(next);
      IndexedBranch branch = index.branch(history, first.start(), first.nextXidAtStart());
      int after = next + 1;
      while (after < candidates.size() && candidates.get(after).start().isBefore(branch.end())) {
        after++;
      }
      windows.add(new Window(branch, candidates.subList(next, after)));
      next = after;
    }
    return windows;
  }

  private static ResolvedTarget finish(
      RecoveryTarget target, TimelineHistory branch, List<Window> windows, Stop stop) {
    Window window = stop.window();
    Optional<BackupPoint> backup = window.backupFor(stop.end());
    if (backup.isEmpty()) {
      throw Refusals.beforeConsistency(target, windows, window, stop.end());
    }
    return new ResolvedTarget(
        target,
        branch,
        stop.timeline(),
        stop.start(),
        stop.end(),
        backup.get(),
        lastTransaction(window, stop),
        parameterChanges(window, backup.get().start(), stop.start()),
        stop.warnings());
  }

  private static Optional<WalEvent.TransactionEnd> lastTransaction(Window window, Stop stop) {
    return window
        .branch()
        .last(
            span -> span.transactions().isPresent(),
            WalEvent.TransactionEnd.class::isInstance,
            stop.end())
        .map(BranchEvent::event)
        .map(WalEvent.TransactionEnd.class::cast);
  }

  private static List<WalEvent.ParameterChange> parameterChanges(
      Window window, Lsn from, Lsn lastRecord) {
    List<WalEvent.ParameterChange> changes = new ArrayList<>();
    window
        .branch()
        .visit(
            span ->
                span.contents().contains(IndexSpan.Content.PARAMETER_CHANGES)
                    && span.to().isAfter(from)
                    && !span.from().isAfter(lastRecord),
            event -> {
              if (event.event() instanceof WalEvent.ParameterChange change
                  && !change.start().isBefore(from)
                  && !change.start().isAfter(lastRecord)) {
                changes.add(change);
              }
              return true;
            });
    return changes;
  }
}
