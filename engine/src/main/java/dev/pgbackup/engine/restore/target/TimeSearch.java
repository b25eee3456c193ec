package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the first commit or abort, in WAL order, that is later than a time, or for an exclusive
 * target not earlier; recovery stops before it. Clocks may run backwards: what comes behind it is
 * not looked at.
 */
final class TimeSearch {

  private final RecoveryTarget.Time target;
  private final List<Window> windows;

  TimeSearch(RecoveryTarget.Time target, List<Window> windows) {
    this.target = target;
    this.windows = windows;
  }

  Stop find() {
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      if (target.time().isBefore(window.firstBackup().stoppedAt())) {
        throw i == 0 ? Refusals.beforeWindow(target, windows) : Refusals.inGap(target, windows, i);
      }
      Optional<BranchEvent> later = window.branch().first(this::mayHold, this::isLater);
      if (later.isPresent()) {
        return window.before(later.get().event().location());
      }
    }
    throw Refusals.beyond(target, windows);
  }

  private boolean mayHold(IndexSpan span) {
    return span.transactions().map(t -> isLater(t.lastTime())).orElse(false);
  }

  private boolean isLater(WalEvent event) {
    return event instanceof WalEvent.TransactionEnd end && isLater(end.time());
  }

  private boolean isLater(Instant time) {
    return target.inclusive() ? time.isAfter(target.time()) : !time.isBefore(target.time());
  }
}
