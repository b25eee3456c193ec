package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.restore.target.BackupPoint;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.restore.target.ResolvedTarget;
import dev.pgbackup.engine.restore.target.TargetResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What would be possible where a request is refused: another backup, another timeline. */
final class Alternatives {

  private static final Set<Reason> PERHAPS_ON_ANOTHER_TIMELINE =
      Set.of(
          Reason.XidNotFound,
          Reason.TargetAborted,
          Reason.RestorePointNotFound,
          Reason.TargetBeyondArchive);

  private final TargetResolver resolver;
  private final List<BackupPoint> backups;

  Alternatives(TargetResolver resolver, List<BackupPoint> backups) {
    this.resolver = resolver;
    this.backups = backups;
  }

  /** The refusal of a chosen backup, which is to blame where another one would do. */
  EngineException toBackup(
      BackupPoint chosen, RecoveryTarget target, TimelineHistory branch, EngineException refusal) {
    Optional<ResolvedTarget> other = resolve(target, branch);
    if (other.isEmpty()) {
      return refusal;
    }
    return new EngineException(
        Reason.BackupNotRestorable,
        "Backup "
            + chosen.id()
            + " cannot be replayed to "
            + target.describe()
            + ": it is consistent from "
            + chosen.stop()
            + " on, and the target is "
            + other.get().lastRecordEnd()
            + ". Backup "
            + other.get().backup().id()
            + " leads there: choose that one, or leave the choice to pgbackup.",
        refusal);
  }

  /** The refusal on a branch nobody asked for, with the timelines on which the target lies. */
  EngineException toBranch(
      RecoveryTarget target,
      TimelineHistory branch,
      List<TimelineHistory> others,
      EngineException refusal) {
    if (!PERHAPS_ON_ANOTHER_TIMELINE.contains(refusal.reason())) {
      return refusal;
    }
    List<Timeline> possible = new ArrayList<>();
    for (TimelineHistory other : others) {
      boolean elsewhere = !other.timeline().equals(branch.timeline());
      if (elsewhere && resolve(target, other).isPresent()) {
        possible.add(other.timeline());
      }
    }
    if (possible.isEmpty()) {
      return refusal;
    }
    return new EngineException(
        refusal.reason(),
        refusal.getMessage()
            + " That is so on the way to timeline "
            + branch.timeline()
            + "; it can be reached on timeline "
            + String.join(" and on timeline ", possible.stream().map(Timeline::toString).toList())
            + ": choose it to restore from there.",
        refusal);
  }

  private Optional<ResolvedTarget> resolve(RecoveryTarget target, TimelineHistory branch) {
    try {
      return Optional.of(resolver.resolve(target, branch, backups));
    } catch (EngineException refused) {
      return Optional.empty();
    }
  }
}
