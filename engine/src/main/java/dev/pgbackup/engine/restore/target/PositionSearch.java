package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.wal.index.BranchRecord;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the first record that begins at a position or behind it: PostgreSQL compares {@code
 * recovery_target_lsn} with the starts of records.
 */
final class PositionSearch {

  private final RecoveryTarget.Position target;
  private final List<Window> windows;

  PositionSearch(RecoveryTarget.Position target, List<Window> windows) {
    this.target = target;
    this.windows = windows;
  }

  Stop find() {
    Lsn lsn = target.lsn();
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (lsn.isBefore(window.branch().from())) {
        throw i == 0 ? Refusals.beforeWindow(target, windows) : Refusals.inGap(target, windows, i);
      }
      if (!target.inclusive() && lsn.equals(window.branch().end())) {
        return window.recordUpTo(lsn);
      }
      if (lsn.isBefore(window.branch().end())) {
        Optional<BranchRecord> record = window.branch().firstRecordFrom(lsn);
        if (record.isPresent()) {
          return target.inclusive()
              ? window.at(record.get())
              : window.before(record.get().location());
        }
      }
    }
    throw Refusals.beyond(target, windows);
  }
}
