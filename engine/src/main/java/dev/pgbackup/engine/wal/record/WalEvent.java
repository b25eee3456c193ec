package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import java.time.Instant;
import java.util.List;

/**
 * A record of the WAL that says something about transactions, recovery targets or recovery itself.
 */
public sealed interface WalEvent {

  RecordLocation location();

  default Lsn start() {
    return location().start();
  }

  default Lsn end() {
    return location().end();
  }

  /** The end of a transaction: where recovery to a transaction or to a time can stop. */
  sealed interface TransactionEnd extends WalEvent {

    /** The top-level transaction; of a prepared one the id it was prepared with. */
    Xid xid();

    /**
     * Its subtransactions, as far as they had ids; of a commit only those that committed with it.
     */
    List<Xid> subtransactions();

    /** As the server's clock showed it, microseconds; may run backwards. */
    Instant time();

    /**
     * Whether it was a prepared transaction ({@code COMMIT PREPARED}, {@code ROLLBACK PREPARED}).
     */
    boolean prepared();

    /**
     * Files deleted with it: of dropped, truncated and rewritten relations, or of ones whose
     * creation failed.
     */
    List<RelationFile> droppedFiles();
  }

  record Commit(
      RecordLocation location,
      Xid xid,
      List<Xid> subtransactions,
      Instant time,
      boolean prepared,
      List<RelationFile> droppedFiles)
      implements TransactionEnd {

    public Commit {
      subtransactions = List.copyOf(subtransactions);
      droppedFiles = List.copyOf(droppedFiles);
    }
  }

  record Abort(
      RecordLocation location,
      Xid xid,
      List<Xid> subtransactions,
      Instant time,
      boolean prepared,
      List<RelationFile> droppedFiles)
      implements TransactionEnd {

    public Abort {
      subtransactions = List.copyOf(subtransactions);
      droppedFiles = List.copyOf(droppedFiles);
    }
  }

  /** {@code PREPARE TRANSACTION}: neither committed nor aborted yet. */
  record Prepare(
      RecordLocation location, Xid xid, List<Xid> subtransactions, Instant time, String globalId)
      implements WalEvent {

    public Prepare {
      subtransactions = List.copyOf(subtransactions);
    }
  }

  /** What {@code pg_create_restore_point} wrote. */
  record RestorePoint(RecordLocation location, String name, Instant time) implements WalEvent {}

  /**
   * A checkpoint.
   *
   * @param shutdown whether the server was shut down with it
   * @param redo where replay begins that starts from it
   * @param nextXid the next transaction id when it was begun, with its epoch
   */
  record Checkpoint(
      RecordLocation location,
      boolean shutdown,
      Lsn redo,
      Timeline timeline,
      Timeline previousTimeline,
      Xid nextXid)
      implements WalEvent {}

  /** The end of a recovery: the first record of a new timeline. */
  record EndOfRecovery(
      RecordLocation location, Timeline timeline, Timeline previousTimeline, Instant time)
      implements WalEvent {}

  /**
   * The end of a base backup.
   *
   * @param startedAt the start position of that backup
   */
  record BackupEnd(RecordLocation location, Lsn startedAt) implements WalEvent {}

  /**
   * A database was dropped. Its files are deleted when this record is replayed, before the commit.
   *
   * @param database its oid, unsigned
   */
  record DatabaseDrop(RecordLocation location, Xid xid, int database) implements WalEvent {}

  /**
   * A tablespace was created.
   *
   * @param path its folder on the server; empty if it lies in the data directory
   */
  record TablespaceCreate(RecordLocation location, String path) implements WalEvent {}

  /**
   * The transactions that run at this point.
   *
   * @param nextXid the next id to be assigned
   * @param oldestRunning every transaction with a smaller id has ended before
   */
  record RunningTransactions(RecordLocation location, Xid nextXid, Xid oldestRunning)
      implements WalEvent {}

  /** The rest of the segment holds no records. */
  record SegmentSwitch(RecordLocation location) implements WalEvent {}

  /** Settings that a replaying server must at least have. */
  record ParameterChange(
      RecordLocation location,
      int maxConnections,
      int maxWorkerProcesses,
      int maxWalSenders,
      int maxPreparedTransactions,
      int maxLocksPerTransaction)
      implements WalEvent {}

  /**
   * A record was never finished, because the server crashed: what lies between it and here counts
   * for nothing.
   *
   * @param overwritten where the unfinished record begins
   */
  record OverwrittenRecord(RecordLocation location, Lsn overwritten) implements WalEvent {}
}
