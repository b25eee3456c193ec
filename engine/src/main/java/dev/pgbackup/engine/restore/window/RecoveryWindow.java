package dev.pgbackup.engine.restore.window;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.restore.target.BackupPoint;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.List;
import java.util.Optional;

/**
 * A stretch of a branch whose every point can be restored: it begins with a backup, and its WAL has
 * no hole.
 *
 * @param branch the way to the timeline on which it ends
 * @param first the backup that it begins with
 * @param backups all that lie in it, in the order of the log
 * @param to the position behind the last record
 * @param last the last transaction in it
 * @param nextXid the next transaction id at its end
 * @param isContiguous whether it reaches to the end of the archived WAL of that timeline
 * @param closedBy why it does not grow any more; empty for the live timeline's newest one
 */
public record RecoveryWindow(
    TimelineHistory branch,
    BackupPoint first,
    List<BackupId> backups,
    Lsn to,
    Optional<WalEvent.TransactionEnd> last,
    Xid nextXid,
    boolean isContiguous,
    Optional<String> closedBy) {

  public RecoveryWindow {
    backups = List.copyOf(backups);
  }

  /** The position from which on a restore is consistent. */
  public Lsn from() {
    return first.stop();
  }

  /** Whether it still grows. */
  public boolean isOpen() {
    return closedBy.isEmpty();
  }
}
