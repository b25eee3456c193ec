package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.IndexedBranch;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is said when a target cannot be reached: why, and what is possible instead. */
final class Refusals {

  private Refusals() {}

  static EngineException beforeWindow(RecoveryTarget target, List<Window> windows) {
    return new EngineException(
        Reason.TargetBeforeWindow,
        capital(target)
            + " lies before the oldest point that can be restored, "
            + beginning(windows.get(0))
            + ". What can be restored is "
            + range(windows)
            + ".");
  }

  static EngineException inGap(RecoveryTarget target, List<Window> windows, int behind) {
    Window before = windows.get(behind - 1);
    return new EngineException(
        Reason.WalGapInRange,
        capital(target)
            + " lies where the archive has no WAL: between "
            + before.branch().end()
            + lastTransaction(before)
            + " and the next base backup, "
            + beginning(windows.get(behind))
            + ". Choose a target outside of this gap; what can be restored is "
            + range(windows)
            + ".");
  }

  static EngineException beyond(RecoveryTarget target, List<Window> windows) {
    Window last = windows.get(windows.size() - 1);
    return new EngineException(
        Reason.TargetBeyondArchive,
        capital(target)
            + " lies behind the end of the archive, "
            + last.branch().end()
            + " on timeline "
            + last.branch().history().timeline()
            + lastTransaction(last)
            + ". PostgreSQL would end with an error because it never reaches it. For everything there is choose"
            + " the target latest.");
  }

  /** The record was found, but no backup is consistent there. */
  static EngineException beforeConsistency(
      RecoveryTarget target, List<Window> windows, Window window, Lsn end) {
    int i = windows.indexOf(window);
    if (i > 0) {
      return inGap(target, windows, i);
    }
    return new EngineException(
        Reason.TargetBeforeWindow,
        capital(target)
            + " means "
            + end
            + ", before the oldest point that can be restored, "
            + beginning(window)
            + ". What can be restored is "
            + range(windows)
            + ".");
  }

  static EngineException aborted(Xid xid, WalEvent.TransactionEnd end, List<Window> windows) {
    String what =
        end.xid().equals(xid)
            ? "Transaction " + xid + " was rolled back at " + end.time()
            : "Transaction "
                + xid
                + " was a subtransaction of "
                + end.xid()
                + ", which was rolled back at "
                + end.time();
    return new EngineException(
        Reason.TargetAborted,
        what + " (" + end.start() + "): there is no commit to stop at." + nearby(xid, windows));
  }

  static EngineException stillPrepared(WalEvent.Prepare prepare, List<Window> windows) {
    return new EngineException(
        Reason.XidNotFound,
        "Transaction "
            + prepare.xid()
            + " was prepared as \""
            + prepare.globalId()
            + "\" at "
            + prepare.time()
            + " ("
            + prepare.start()
            + "), but neither committed nor rolled back before the end of the archive."
            + nearby(prepare.xid(), windows));
  }

  static EngineException unknown(Xid xid, List<Window> windows) {
    Window last = windows.get(windows.size() - 1);
    Xid next = last.branch().nextXidAtEnd();
    if (xid.compareTo(next) >= 0) {
      return new EngineException(
          Reason.TargetBeyondArchive,
          "Transaction "
              + xid
              + " is not in the archive: where it ends, "
              + last.branch().end()
              + " on timeline "
              + last.branch().history().timeline()
              + lastTransaction(last)
              + ", the next transaction would have been "
              + next
              + "."
              + nearby(xid, windows));
    }
    if (xid.compareTo(windows.get(0).branch().nextXidAtFrom()) < 0) {
      return new EngineException(
          Reason.TargetBeforeWindow,
          "Transaction "
              + xid
              + " did not end in what can be restored, "
              + range(windows)
              + "; it was begun before."
              + nearby(xid, windows));
    }
    for (int i = 1; i < windows.size(); i++) {
      IndexedBranch before = windows.get(i - 1).branch();
      IndexedBranch behind = windows.get(i).branch();
      if (xid.compareTo(before.nextXidAtEnd()) >= 0 && xid.compareTo(behind.nextXidAtFrom()) < 0) {
        return new EngineException(
            Reason.WalGapInRange,
            "Transaction "
                + xid
                + " belongs to the time for which the archive has no WAL, "
                + before.end()
                + " to "
                + behind.from()
                + "."
                + nearby(xid, windows));
      }
    }
    return new EngineException(
        Reason.XidNotFound,
        "No transaction with the id "
            + xid
            + " ended in "
            + range(windows)
            + ". Transactions that only read have no commit, and one that was still running at the end has none yet."
            + nearby(xid, windows));
  }

  /** What can be restored, in words. */
  static String range(List<Window> windows) {
    List<String> parts = new ArrayList<>();
    for (Window window : windows) {
      parts.add(
          "from " + beginning(window) + " to " + window.branch().end() + lastTransaction(window));
    }
    return String.join(", and ", parts);
  }

  private static String beginning(Window window) {
    BackupPoint backup = window.firstBackup();
    return backup.stop() + " (backup " + backup.id() + ", " + backup.stoppedAt() + ")";
  }

  private static String lastTransaction(Window window) {
    Optional<BranchEvent> last =
        window
            .branch()
            .last(
                span -> span.transactions().isPresent(),
                WalEvent.TransactionEnd.class::isInstance,
                window.branch().end());
    if (last.isPresent() && last.get().event() instanceof WalEvent.TransactionEnd end) {
      return " (last transaction " + end.xid() + " at " + end.time() + ")";
    }
    return "";
  }

  private static String nearby(Xid xid, List<Window> windows) {
    NearestCommits nearest = NearestCommits.of(xid, windows.stream().map(Window::branch).toList());
    List<String> parts = new ArrayList<>();
    nearest.below().ifPresent(commit -> parts.add(commit(commit)));
    nearest.above().ifPresent(commit -> parts.add(commit(commit)));
    return parts.isEmpty() ? "" : " The nearest commits are " + String.join(" and ", parts) + ".";
  }

  private static String commit(WalEvent.Commit commit) {
    return commit.xid() + " at " + commit.time() + " (" + commit.start() + ")";
  }

  private static String capital(RecoveryTarget target) {
    String words = target.describe();
    return words.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + words.substring(1);
  }
}
