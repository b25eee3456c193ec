package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.PostgresTime;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.RelationFile;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link EventEncoder} wrote. Kinds and fields of later minor versions are skipped. */
final class EventDecoder {

  private final ByteBuffer in;
  private long start;
  private long xid;
  private long time;

  /**
   * @param in big endian, from the first entry to the last
   */
  EventDecoder(Lsn from, ByteBuffer in) {
    this.start = from.value();
    this.in = in;
  }

  /**
   * @throws RuntimeException if these are no entries
   */
  List<WalEvent> all() {
    List<WalEvent> events = new ArrayList<>();
    while (in.hasRemaining()) {
      int kind = in.get();
      long length = Varints.readUnsigned(in);
      if (length < 0 || length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      int end = in.position() + (int) length;
      WalEvent event = event(kind);
      if (in.position() > end) {
        throw new BufferUnderflowException();
      }
      in.position(end);
      if (event != null) {
        events.add(event);
      }
    }
    return events;
  }

  private @Nullable WalEvent event(int kind) {
    RecordLocation location = location();
    return switch (kind) {
      case EventEncoder.COMMIT, EventEncoder.ABORT -> transactionEnd(location, kind);
      case EventEncoder.PREPARE -> {
        Xid prepared = xid();
        Instant at = time();
        yield new WalEvent.Prepare(location, prepared, xids(prepared), at, text());
      }
      case EventEncoder.RESTORE_POINT -> {
        Instant at = time();
        yield new WalEvent.RestorePoint(location, text(), at);
      }
      case EventEncoder.CHECKPOINT -> {
        boolean shutdown = in.get() != 0;
        Lsn redo = location.start().plus(-Varints.readSigned(in));
        yield new WalEvent.Checkpoint(location, shutdown, redo, timeline(), timeline(), xid());
      }
      case EventEncoder.END_OF_RECOVERY ->
          new WalEvent.EndOfRecovery(location, timeline(), timeline(), time());
      case EventEncoder.DATABASE_DROP -> new WalEvent.DatabaseDrop(location, xid(), number());
      case EventEncoder.PARAMETER_CHANGE ->
          new WalEvent.ParameterChange(location, number(), number(), number(), number(), number());
      case EventEncoder.BACKUP_END ->
          new WalEvent.BackupEnd(location, location.start().plus(-Varints.readSigned(in)));
      default -> null;
    };
  }

  private WalEvent transactionEnd(RecordLocation location, int kind) {
    int flags = in.get();
    boolean prepared = (flags & EventEncoder.PREPARED) != 0;
    Xid top = xid();
    Instant at = time();
    List<Xid> subtransactions =
        (flags & EventEncoder.HAS_SUBTRANSACTIONS) != 0 ? xids(top) : List.of();
    List<RelationFile> dropped = new ArrayList<>();
    if ((flags & EventEncoder.HAS_DROPPED_FILES) != 0) {
      int count = count();
      for (int i = 0; i < count; i++) {
        dropped.add(new RelationFile(number(), number(), number()));
      }
    }
    return kind == EventEncoder.COMMIT
        ? new WalEvent.Commit(location, top, subtransactions, at, prepared, dropped)
        : new WalEvent.Abort(location, top, subtransactions, at, prepared, dropped);
  }

  private RecordLocation location() {
    start += Varints.readUnsigned(in);
    long length = Varints.readUnsigned(in);
    long back = Varints.readUnsigned(in);
    return new RecordLocation(new Lsn(start), new Lsn(start + length), new Lsn(start - back));
  }

  private Xid xid() {
    xid += Varints.readSigned(in);
    return new Xid(xid);
  }

  private List<Xid> xids(Xid base) {
    int count = count();
    List<Xid> list = new ArrayList<>(count);
    long value = base.value();
    for (int i = 0; i < count; i++) {
      value += Varints.readSigned(in);
      list.add(new Xid(value));
    }
    return list;
  }

  private Instant time() {
    time += Varints.readSigned(in);
    return PostgresTime.toInstant(time);
  }

  private Timeline timeline() {
    return new Timeline(number());
  }

  private int number() {
    return (int) Varints.readUnsigned(in);
  }

  private int count() {
    long count = Varints.readUnsigned(in);
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return (int) count;
  }

  private String text() {
    byte[] bytes = new byte[count()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
