package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.PostgresTime;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.RelationFile;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Writes events of the commit index, each as a difference to the one before. */
final class EventEncoder {

  static final int COMMIT = 1;
  static final int ABORT = 2;
  static final int PREPARE = 3;
  static final int RESTORE_POINT = 4;
  static final int CHECKPOINT = 5;
  static final int END_OF_RECOVERY = 6;
  static final int DATABASE_DROP = 7;
  static final int PARAMETER_CHANGE = 8;
  static final int BACKUP_END = 9;

  static final int PREPARED = 1;
  static final int HAS_SUBTRANSACTIONS = 2;
  static final int HAS_DROPPED_FILES = 4;

  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private final ByteArrayOutputStream entry = new ByteArrayOutputStream();
  private long start;
  private long xid;
  private long time;

  EventEncoder(Lsn from) {
    this.start = from.value();
  }

  int size() {
    return entries.size();
  }

  byte[] toByteArray() {
    return entries.toByteArray();
  }

  /** Writes an event, unless it is of a kind that the index does not keep. */
  void add(WalEvent event) {
    int kind = kind(event);
    if (kind == 0) {
      return;
    }
    entry.reset();
    location(event.location());
    if (event instanceof WalEvent.TransactionEnd end) {
      transactionEnd(end);
    } else if (event instanceof WalEvent.Prepare prepare) {
      xid(prepare.xid());
      time(prepare.time());
      xids(prepare.xid(), prepare.subtransactions());
      text(prepare.globalId());
    } else if (event instanceof WalEvent.RestorePoint point) {
      time(point.time());
      text(point.name());
    } else if (event instanceof WalEvent.Checkpoint checkpoint) {
      entry.write(checkpoint.shutdown() ? 1 : 0);
      signed(checkpoint.start().minus(checkpoint.redo()));
      unsigned(checkpoint.timeline().number());
      unsigned(checkpoint.previousTimeline().number());
      xid(checkpoint.nextXid());
    } else if (event instanceof WalEvent.EndOfRecovery end) {
      unsigned(end.timeline().number());
      unsigned(end.previousTimeline().number());
      time(end.time());
    } else if (event instanceof WalEvent.DatabaseDrop drop) {
      xid(drop.xid());
      unsigned(Integer.toUnsignedLong(drop.database()));
    } else if (event instanceof WalEvent.ParameterChange change) {
      unsigned(change.maxConnections());
      unsigned(change.maxWorkerProcesses());
      unsigned(change.maxWalSenders());
      unsigned(change.maxPreparedTransactions());
      unsigned(change.maxLocksPerTransaction());
    } else if (event instanceof WalEvent.BackupEnd end) {
      signed(end.start().minus(end.startedAt()));
    }
    entries.write(kind);
    Varints.writeUnsigned(entries, entry.size());
    entries.writeBytes(entry.toByteArray());
  }

  private static int kind(WalEvent event) {
    if (event instanceof WalEvent.Commit) {
      return COMMIT;
    } else if (event instanceof WalEvent.Abort) {
      return ABORT;
    } else if (event instanceof WalEvent.Prepare) {
      return PREPARE;
    } else if (event instanceof WalEvent.RestorePoint) {
      return RESTORE_POINT;
    } else if (event instanceof WalEvent.Checkpoint) {
      return CHECKPOINT;
    } else if (event instanceof WalEvent.EndOfRecovery) {
      return END_OF_RECOVERY;
    } else if (event instanceof WalEvent.DatabaseDrop) {
      return DATABASE_DROP;
    } else if (event instanceof WalEvent.ParameterChange) {
      return PARAMETER_CHANGE;
    } else if (event instanceof WalEvent.BackupEnd) {
      return BACKUP_END;
    }
    return 0;
  }

  private void transactionEnd(WalEvent.TransactionEnd end) {
    List<RelationFile> dropped = end instanceof WalEvent.Commit ? end.droppedFiles() : List.of();
    int flags = end.prepared() ? PREPARED : 0;
    flags |= end.subtransactions().isEmpty() ? 0 : HAS_SUBTRANSACTIONS;
    flags |= dropped.isEmpty() ? 0 : HAS_DROPPED_FILES;
    entry.write(flags);
    xid(end.xid());
    time(end.time());
    if (!end.subtransactions().isEmpty()) {
      xids(end.xid(), end.subtransactions());
    }
    if (!dropped.isEmpty()) {
      unsigned(dropped.size());
      for (RelationFile file : dropped) {
        unsigned(Integer.toUnsignedLong(file.tablespace()));
        unsigned(Integer.toUnsignedLong(file.database()));
        unsigned(Integer.toUnsignedLong(file.relation()));
      }
    }
  }

  private void location(RecordLocation location) {
    unsigned(location.start().value() - start);
    start = location.start().value();
    unsigned(location.end().minus(location.start()));
    unsigned(location.start().minus(location.previous()));
  }

  private void xid(Xid value) {
    signed(value.value() - xid);
    xid = value.value();
  }

  private void xids(Xid base, List<Xid> list) {
    unsigned(list.size());
    long before = base.value();
    for (Xid value : list) {
      signed(value.value() - before);
      before = value.value();
    }
  }

  private void time(Instant value) {
    long micros = PostgresTime.toMicros(value);
    signed(micros - time);
    time = micros;
  }

  private void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    unsigned(bytes.length);
    entry.writeBytes(bytes);
  }

  private void unsigned(long value) {
    Varints.writeUnsigned(entry, value);
  }

  private void signed(long value) {
    Varints.writeSigned(entry, value);
  }
}
