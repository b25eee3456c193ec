package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.BranchRecord;
import dev.pgbackup.engine.wal.index.IndexedBranch;
import dev.pgbackup.engine.wal.record.RecordLocation;
import java.util.List;
import java.util.Optional;

/**
 * A part of a branch without a hole, and the backups in it.
 *
 * @param branch from the first backup's start to the hole behind, or to the end of the archive
 * @param backups by their start; at least one
 */
record Window(IndexedBranch branch, List<BackupPoint> backups) {

  BackupPoint firstBackup() {
    return backups.get(0);
  }

  /** The newest backup that is consistent at {@code end}. */
  Optional<BackupPoint> backupFor(Lsn end) {
    BackupPoint best = null;
    for (BackupPoint backup : backups) {
      boolean fits = !backup.stop().isAfter(end);
      if (fits && (best == null || !backup.stop().isBefore(best.stop()))) {
        best = backup;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Stop behind that event. */
  Stop at(BranchEvent event) {
    return new Stop(this, event.timeline(), event.event().start(), event.event().end(), List.of());
  }

  /** Stop behind that record. */
  Stop at(BranchRecord record) {
    return new Stop(
        this, record.timeline(), record.location().start(), record.location().end(), List.of());
  }

  /** Stop behind the record before that one. */
  Stop before(RecordLocation record) {
    Lsn start = record.previous();
    return new Stop(
        this, branch.timelineAt(start), start, branch.endOfRecordBefore(record), List.of());
  }

  /** Stop behind the last record that ends at {@code position} or before. */
  Stop recordUpTo(Lsn position) {
    return branch
        .lastRecordUpTo(position)
        .map(this::at)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.WalGapInRange,
                    "The archive has no WAL of timeline "
                        + branch.history().timeline()
                        + " from "
                        + branch.from()
                        + " on, where the backup "
                        + firstBackup().id()
                        + " needs it. `pgbackup verify` shows what is missing."));
  }
}
