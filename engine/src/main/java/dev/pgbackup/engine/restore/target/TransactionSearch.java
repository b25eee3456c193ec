package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the commit of a transaction.
 *
 * <p>PostgreSQL stops at whatever commit or abort record carries the id. Here only a commit of a
 * top-level transaction counts: an aborted id, a subtransaction's or an unknown one is refused,
 * with what is nearby.
 */
final class TransactionSearch {

  private static final long EPOCH = 1L << 32;

  private final RecoveryTarget.Transaction target;
  private final List<Window> windows;
  private final Xid xid;

  TransactionSearch(RecoveryTarget.Transaction target, List<Window> windows) {
    this.target = target;
    this.windows = windows;
    Xid next = windows.get(windows.size() - 1).branch().nextXidAtEnd();
    boolean full = target.hasEpoch() || next.epoch() == 0;
    this.xid = full ? target.xid() : Xid.widen((int) target.xid().low(), next);
  }

  Stop find() {
    Xid wanted = xid;
    Stop stop = find(wanted);
    while (stop == null && !target.hasEpoch() && wanted.epoch() > 0) {
      wanted = new Xid(wanted.value() - EPOCH);
      stop = find(wanted);
    }
    if (stop == null) {
      throw Refusals.unknown(xid, windows);
    }
    return stop;
  }

  private @org.jspecify.annotations.Nullable Stop find(Xid wanted) {
    for (int i = windows.size() - 1; i >= 0; i--) {
      Window window = windows.get(i);
      Optional<BranchEvent> found =
          window.branch().first(s -> mayHold(s, wanted), e -> isEnd(e, wanted));
      if (found.isPresent()) {
        return stop(window, found.get(), wanted);
      }
      Optional<BranchEvent> prepared =
          window
              .branch()
              .first(
                  span -> span.contents().contains(IndexSpan.Content.PREPARED),
                  event -> event instanceof WalEvent.Prepare p && p.xid().equals(wanted));
      if (prepared.isPresent() && prepared.get().event() instanceof WalEvent.Prepare prepare) {
        throw Refusals.stillPrepared(prepare, windows);
      }
    }
    return null;
  }

  private static boolean mayHold(IndexSpan span, Xid wanted) {
    return span.transactions().map(t -> t.mayHold(wanted)).orElse(false);
  }

  private static boolean isEnd(WalEvent event, Xid wanted) {
    return event instanceof WalEvent.TransactionEnd end
        && (end.xid().equals(wanted) || end.subtransactions().contains(wanted));
  }

  private Stop stop(Window window, BranchEvent found, Xid wanted) {
    WalEvent.TransactionEnd end = (WalEvent.TransactionEnd) found.event();
    if (end instanceof WalEvent.Abort) {
      throw Refusals.aborted(wanted, end, windows);
    }
    if (!end.xid().equals(wanted)) {
      throw new EngineException(
          Reason.XidNotFound,
          "Transaction "
              + wanted
              + " was a subtransaction of "
              + end.xid()
              + ", which committed at "
              + end.time()
              + " ("
              + end.start()
              + "). A recovery can only stop at the top-level transaction: use xid "
              + end.xid()
              + ".");
    }
    return target.inclusive() ? window.at(found) : window.before(end.location());
  }
}
