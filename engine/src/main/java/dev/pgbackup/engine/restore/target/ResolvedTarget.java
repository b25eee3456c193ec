package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The one position that a target means. PostgreSQL is given {@code lastRecordStart}, inclusive, and
 * the timeline's number; it is served WAL up to {@code lastRecordEnd} and nothing behind it.
 *
 * @param target what was asked for
 * @param branch the way on which it was looked for, from the beginning of the log to the chosen
 *     timeline
 * @param timeline on which the last record lies: of the branch or of an ancestor of it
 * @param lastRecordStart the start of the last record to be replayed
 * @param lastRecordEnd the position behind it
 * @param backup the newest of the backups offered from which it can be reached without a gap
 * @param lastTransaction the last transaction end that is replayed, if there is one behind the
 *     backup's start
 * @param parameterChanges every change of settings that a replaying server must have at least, from
 *     the backup's start to the last record, in WAL order
 * @param warnings what a person should know before going on, in whole sentences
 */
public record ResolvedTarget(
    RecoveryTarget target,
    TimelineHistory branch,
    Timeline timeline,
    Lsn lastRecordStart,
    Lsn lastRecordEnd,
    BackupPoint backup,
    Optional<WalEvent.TransactionEnd> lastTransaction,
    List<WalEvent.ParameterChange> parameterChanges,
    List<String> warnings) {

  public ResolvedTarget {
    parameterChanges = List.copyOf(parameterChanges);
    warnings = List.copyOf(warnings);
  }

  /** The id of the last transaction that is replayed. */
  public Optional<Xid> lastXid() {
    return lastTransaction.map(WalEvent.TransactionEnd::xid);
  }

  /** When the last transaction that is replayed ended, by the server's clock. */
  public Optional<Instant> lastTime() {
    return lastTransaction.map(WalEvent.TransactionEnd::time);
  }

  /** In words, as they stand in plans. */
  public String describe() {
    return target.describe() + ": timeline " + timeline + " up to " + lastRecordEnd;
  }
}
