package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Xid;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the main data of the transaction manager's records (xact.h, twophase.c). */
final class TransactionRecords {

  static final int COMMIT = 0x00;
  static final int PREPARE = 0x10;
  static final int ABORT = 0x20;
  static final int COMMIT_PREPARED = 0x30;
  static final int ABORT_PREPARED = 0x40;

  private static final int OPERATION = 0x70;
  private static final int HAS_INFO = 0x80;

  private static final int INFO_DATABASE = 1;
  private static final int INFO_SUBTRANSACTIONS = 1 << 1;
  private static final int INFO_RELATIONS = 1 << 2;
  private static final int INFO_INVALIDATIONS = 1 << 3;
  private static final int INFO_TWO_PHASE = 1 << 4;
  private static final int INFO_DROPPED_STATISTICS = 1 << 8;

  private static final int INVALIDATION_BYTES = 16;
  private static final int RELATION_BYTES = 12;

  private final WalFormat format;
  private final XidTracker xids;

  TransactionRecords(WalFormat format, XidTracker xids) {
    this.format = format;
    this.xids = xids;
  }

  static boolean isInteresting(int info) {
    return switch (info & OPERATION) {
      case COMMIT, PREPARE, ABORT, COMMIT_PREPARED, ABORT_PREPARED -> true;
      default -> false;
    };
  }

  /**
   * @param header the id in the record's header
   * @return nothing if no transaction with an id ended with the record
   */
  @Nullable WalEvent read(RecordLocation location, int info, int header, ByteBuffer data) {
    int operation = info & OPERATION;
    if (operation == PREPARE) {
      return prepare(location, data);
    }
    boolean prepared = operation == COMMIT_PREPARED || operation == ABORT_PREPARED;
    boolean commit = operation == COMMIT || operation == COMMIT_PREPARED;

    Instant time = PostgresTime.toInstant(data.getLong());
    int contents = (info & HAS_INFO) != 0 ? data.getInt() : 0;
    if ((contents & INFO_DATABASE) != 0) {
      skip(data, 8);
    }
    List<Xid> subtransactions =
        (contents & INFO_SUBTRANSACTIONS) != 0 ? xids(data, count(data, 4)) : List.of();
    List<RelationFile> dropped = (contents & INFO_RELATIONS) != 0 ? relations(data) : List.of();
    if ((contents & INFO_DROPPED_STATISTICS) != 0) {
      int bytes = format.major() < 18 ? 12 : 16;
      skip(data, (long) count(data, bytes) * bytes);
    }
    if (commit && (contents & INFO_INVALIDATIONS) != 0) {
      skip(data, (long) count(data, INVALIDATION_BYTES) * INVALIDATION_BYTES);
    }
    int xid = (contents & INFO_TWO_PHASE) != 0 ? data.getInt() : header;
    if (xid == 0) {
      return null;
    }
    return commit
        ? new WalEvent.Commit(location, xids.widen(xid), subtransactions, time, prepared, dropped)
        : new WalEvent.Abort(location, xids.widen(xid), subtransactions, time, prepared, dropped);
  }

  private WalEvent prepare(RecordLocation location, ByteBuffer data) {
    skip(data, 8);
    int xid = data.getInt();
    skip(data, 4);
    Instant time = PostgresTime.toInstant(data.getLong());
    skip(data, 4);
    int subtransactions = data.getInt();
    int statistics = format.major() < 15 ? 0 : 8;
    skip(data, 8 + statistics + 4 + 2);
    int idLength = data.getShort() & 0xFFFF;
    skip(data, 16);
    if (idLength == 0) {
      throw new BufferUnderflowException();
    }
    byte[] id = new byte[idLength];
    data.get(id);
    skip(data, -idLength & 7);
    checkCount(data, subtransactions, 4);
    return new WalEvent.Prepare(
        location,
        xids.widen(xid),
        xids(data, subtransactions),
        time,
        new String(id, 0, idLength - 1, StandardCharsets.UTF_8));
  }

  private List<Xid> xids(ByteBuffer data, int count) {
    List<Xid> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(xids.widen(data.getInt()));
    }
    return list;
  }

  private static List<RelationFile> relations(ByteBuffer data) {
    int count = count(data, RELATION_BYTES);
    List<RelationFile> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(new RelationFile(data.getInt(), data.getInt(), data.getInt()));
    }
    return list;
  }

  private static int count(ByteBuffer data, int bytesEach) {
    return checkCount(data, data.getInt(), bytesEach);
  }

  private static int checkCount(ByteBuffer data, int count, int bytesEach) {
    if (count < 0 || (long) count * bytesEach > data.remaining()) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private static void skip(ByteBuffer data, long bytes) {
    if (bytes > data.remaining()) {
      throw new BufferUnderflowException();
    }
    data.position(data.position() + (int) bytes);
  }
}
