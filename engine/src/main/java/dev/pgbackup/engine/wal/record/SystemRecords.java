package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the main data of records about the server as a whole: checkpoints, restore points,
 * databases, tablespaces.
 */
final class SystemRecords {

  static final int SEGMENT_SWITCH = 0x40;

  private static final int CHECKPOINT_SHUTDOWN = 0x00;
  private static final int CHECKPOINT_ONLINE = 0x10;
  private static final int BACKUP_END = 0x50;
  private static final int PARAMETER_CHANGE = 0x60;
  private static final int RESTORE_POINT = 0x70;
  private static final int END_OF_RECOVERY = 0x90;
  private static final int OVERWRITE_CONTRECORD = 0xD0;

  private static final int RUNNING_XACTS = 0x10;

  private static final int TABLESPACE_CREATE = 0x00;

  private static final int RESTORE_POINT_NAME_BYTES = 64;
  private static final int OPERATION = 0xF0;

  private final WalFormat format;
  private final XidTracker xids;

  SystemRecords(WalFormat format, XidTracker xids) {
    this.format = format;
    this.xids = xids;
  }

  static boolean isInterestingXlog(int info) {
    return switch (info & OPERATION) {
      case CHECKPOINT_SHUTDOWN,
          CHECKPOINT_ONLINE,
          SEGMENT_SWITCH,
          BACKUP_END,
          PARAMETER_CHANGE,
          RESTORE_POINT,
          END_OF_RECOVERY,
          OVERWRITE_CONTRECORD ->
          true;
      default -> false;
    };
  }

  static boolean isTablespaceCreate(int info) {
    return (info & OPERATION) == TABLESPACE_CREATE;
  }

  static boolean isInterestingStandby(int info) {
    return (info & OPERATION) == RUNNING_XACTS;
  }

  boolean isDatabaseDrop(int info) {
    return (info & OPERATION) == (format.major() < 15 ? 0x10 : 0x20);
  }

  WalEvent readXlog(RecordLocation location, int info, ByteBuffer data) {
    int operation = info & OPERATION;
    return switch (operation) {
      case CHECKPOINT_SHUTDOWN, CHECKPOINT_ONLINE ->
          checkpoint(location, operation == CHECKPOINT_SHUTDOWN, data);
      case SEGMENT_SWITCH -> new WalEvent.SegmentSwitch(location);
      case BACKUP_END -> new WalEvent.BackupEnd(location, new Lsn(data.getLong()));
      case PARAMETER_CHANGE ->
          new WalEvent.ParameterChange(
              location, data.getInt(), data.getInt(), data.getInt(), data.getInt(), data.getInt());
      case RESTORE_POINT -> restorePoint(location, data);
      case END_OF_RECOVERY -> endOfRecovery(location, data);
      case OVERWRITE_CONTRECORD ->
          new WalEvent.OverwrittenRecord(location, new Lsn(data.getLong()));
      default -> throw new IllegalArgumentException("not a record to be read: " + operation);
    };
  }

  WalEvent readRunningXacts(RecordLocation location, ByteBuffer data) {
    Xid nextXid = xids.widen(data.getInt(12));
    xids.nextIs(nextXid);
    return new WalEvent.RunningTransactions(location, nextXid, xids.widen(data.getInt(16)));
  }

  WalEvent readDatabaseDrop(RecordLocation location, int xid, ByteBuffer data) {
    return new WalEvent.DatabaseDrop(location, xids.widen(xid), data.getInt());
  }

  /** Its oid, then its path with a zero at its end. */
  WalEvent readTablespaceCreate(RecordLocation location, ByteBuffer data) {
    data.getInt();
    return new WalEvent.TablespaceCreate(location, text(data, data.remaining()));
  }

  private WalEvent checkpoint(RecordLocation location, boolean shutdown, ByteBuffer data) {
    Xid nextXid = new Xid(data.getLong(24));
    xids.nextIs(nextXid);
    return new WalEvent.Checkpoint(
        location,
        shutdown,
        new Lsn(data.getLong(0)),
        timeline(data.getInt(8)),
        timeline(data.getInt(12)),
        nextXid);
  }

  private static WalEvent restorePoint(RecordLocation location, ByteBuffer data) {
    long time = data.getLong();
    return new WalEvent.RestorePoint(
        location, text(data, RESTORE_POINT_NAME_BYTES), PostgresTime.toInstant(time));
  }

  /** A text that ends with a zero, in a field of a size. */
  private static String text(ByteBuffer data, int size) {
    byte[] field = new byte[size];
    data.get(field);
    int length = 0;
    while (length < field.length && field[length] != 0) {
      length++;
    }
    return new String(field, 0, length, StandardCharsets.UTF_8);
  }

  private static WalEvent endOfRecovery(RecordLocation location, ByteBuffer data) {
    long time = data.getLong();
    return new WalEvent.EndOfRecovery(
        location, timeline(data.getInt()), timeline(data.getInt()), PostgresTime.toInstant(time));
  }

  private static Timeline timeline(int number) {
    if (number < 1) {
      throw new BufferUnderflowException();
    }
    return new Timeline(number);
  }
}
