package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes WAL as PostgreSQL's xloginsert.c would, for tests that need WAL of their own making. */
public final class WalImage {

  private static final int PAGE = 8192;

  private final int major;
  private final WalSegmentSize size;
  private final Lsn start;
  private Timeline timeline;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long position;
  private long previous;

  /**
   * @param start a page boundary
   */
  public WalImage(int major, WalSegmentSize size, Timeline timeline, Lsn start) {
    this.major = major;
    this.size = size;
    this.timeline = timeline;
    this.start = start;
    this.position = start.value();
    this.previous = start.value() - 64;
  }

  public Lsn start() {
    return start;
  }

  /** The end of the last record. */
  public Lsn end() {
    return new Lsn(position);
  }

  public byte[] bytes() {
    return out.toByteArray();
  }

  /** The same WAL from here on in the name of another timeline, as after a promotion. */
  public WalImage promoted(Timeline child) {
    WalImage image = new WalImage(major, size, timeline, start);
    image.out.writeBytes(bytes());
    image.position = position;
    image.previous = previous;
    image.timeline = child;
    return image;
  }

  public RecordLocation commit(long xid, Instant time) {
    return commit(xid, time, List.of(), List.of());
  }

  public RecordLocation commit(
      long xid, Instant time, List<Long> subtransactions, List<RelationFile> dropped) {
    return insert(1, 0x80, (int) xid, transactionEnd(time, subtransactions, dropped, 0));
  }

  public RecordLocation abort(long xid, Instant time, List<Long> subtransactions) {
    return insert(1, 0x80 | 0x20, (int) xid, transactionEnd(time, subtransactions, List.of(), 0));
  }

  public RecordLocation commitPrepared(long xid, Instant time) {
    return insert(1, 0x80 | 0x30, 0, transactionEnd(time, List.of(), List.of(), xid));
  }

  public RecordLocation prepare(long xid, Instant time, String globalId) {
    byte[] id = (globalId + "\0").getBytes(StandardCharsets.UTF_8);
    int padded = (id.length + 7) & ~7;
    int header = major < 15 ? 64 : 72;
    ByteBuffer data = buffer(header + padded);
    data.putInt(0x57F94534).putInt(data.capacity()).putInt((int) xid).putInt(5);
    data.putLong(PostgresTime.toMicros(time)).putInt(10).putInt(0);
    data.putShort(header - 18, (short) id.length);
    data.put(header, id);
    return insert(1, 0x10, (int) xid, data.array());
  }

  public RecordLocation restorePoint(String name, Instant time) {
    ByteBuffer data = buffer(72);
    data.putLong(PostgresTime.toMicros(time)).put(name.getBytes(StandardCharsets.UTF_8));
    return insert(0, 0x70, 0, data.array());
  }

  public RecordLocation checkpoint(Lsn redo, long nextXid) {
    ByteBuffer data = buffer(88);
    data.putLong(redo.value()).putInt(timeline.number()).putInt(timeline.number());
    data.putLong(24, nextXid);
    return insert(0, 0x10, 0, data.array());
  }

  public RecordLocation endOfRecovery(Timeline parent, Instant time) {
    ByteBuffer data = buffer(16);
    data.putLong(PostgresTime.toMicros(time)).putInt(timeline.number()).putInt(parent.number());
    return insert(0, 0x90, 0, data.array());
  }

  public RecordLocation backupEnd(Lsn startedAt) {
    return insert(0, 0x50, 0, buffer(8).putLong(startedAt.value()).array());
  }

  public RecordLocation parameterChange(int maxConnections) {
    ByteBuffer data = buffer(28);
    data.putInt(maxConnections).putInt(8).putInt(10).putInt(0).putInt(64);
    return insert(0, 0x60, 0, data.array());
  }

  public RecordLocation databaseDrop(long xid, int database) {
    return insert(
        4,
        major < 15 ? 0x10 : 0x20,
        (int) xid,
        buffer(12).putInt(database).putInt(1).putInt(1663).array());
  }

  /** A record that says nothing of interest: a heap insertion of so many bytes. */
  public RecordLocation filler(long xid, int bytes) {
    return insert(10, 0x00, (int) xid, new byte[bytes]);
  }

  /** Leaves the rest of the segment empty. */
  public RecordLocation segmentSwitch() {
    RecordLocation record = insertBytes(0, 0x40, 0, new byte[0]);
    long end = size.ceiling(new Lsn(position)).value();
    out.writeBytes(new byte[(int) (end - position)]);
    position = end;
    return new RecordLocation(record.start(), new Lsn(end), record.previous());
  }

  /**
   * A crash after a part of a record was written, and the server's start after it.
   *
   * @return the record that tells of it
   */
  public RecordLocation crashWithin(int bytes) {
    pad();
    long keptPrevious = previous;
    long begin = recordBegin();
    insertBytes(10, 0x00, 3, new byte[bytes]);
    byte[] all = bytes();
    long cut = (begin & -PAGE) + PAGE;
    out.reset();
    out.write(all, 0, (int) (cut - start.value()));
    position = cut;
    previous = keptPrevious;
    pageHeader(0x0008, 0);
    ByteBuffer data = buffer(16).putLong(begin);
    return insertBytes(0, 0xD0, 0, mainData(data.array()));
  }

  /** A record of any kind. */
  public RecordLocation insert(int manager, int info, int xid, byte[] main) {
    return insertBytes(manager, info, xid, mainData(main));
  }

  /** A record whose data behind the header is given as it is. */
  public RecordLocation insertBytes(int manager, int info, int xid, byte[] data) {
    pad();
    long begin = recordBegin();
    ByteBuffer header = buffer(24);
    header.putInt(24 + data.length).putInt(xid).putLong(previous);
    header.put((byte) info).put((byte) manager);
    CRC32C crc = new CRC32C();
    crc.update(data);
    crc.update(header.array(), 0, 20);
    header.putInt(20, (int) crc.getValue());
    RecordLocation location = new RecordLocation(new Lsn(begin), new Lsn(0), new Lsn(previous));
    previous = begin;
    byte[] record = new byte[24 + data.length];
    System.arraycopy(header.array(), 0, record, 0, 24);
    System.arraycopy(data, 0, record, 24, data.length);
    write(record);
    pad();
    return new RecordLocation(location.start(), new Lsn(position), location.previous());
  }

  private byte[] mainData(byte[] main) {
    ByteBuffer data = buffer(main.length + 5);
    if (main.length == 0) {
      return main;
    } else if (main.length < 256) {
      data.put((byte) 255).put((byte) main.length);
    } else {
      data.put((byte) 254).putInt(main.length);
    }
    data.put(main);
    byte[] bytes = new byte[data.position()];
    data.flip().get(bytes);
    return bytes;
  }

  private byte[] transactionEnd(
      Instant time, List<Long> subtransactions, List<RelationFile> dropped, long prepared) {
    ByteBuffer data = buffer(64 + 4 * subtransactions.size() + 12 * dropped.size());
    int contents = 1;
    contents |= subtransactions.isEmpty() ? 0 : 2;
    contents |= dropped.isEmpty() ? 0 : 4;
    contents |= prepared == 0 ? 0 : 16;
    data.putLong(PostgresTime.toMicros(time)).putInt(contents).putInt(5).putInt(1663);
    if (!subtransactions.isEmpty()) {
      data.putInt(subtransactions.size());
      subtransactions.forEach(sub -> data.putInt(sub.intValue()));
    }
    if (!dropped.isEmpty()) {
      data.putInt(dropped.size());
      dropped.forEach(
          file -> data.putInt(file.tablespace()).putInt(file.database()).putInt(file.relation()));
    }
    if (prepared != 0) {
      data.putInt((int) prepared);
    }
    byte[] bytes = new byte[data.position()];
    data.flip().get(bytes);
    return bytes;
  }

  private void write(byte[] bytes) {
    int done = 0;
    while (done < bytes.length) {
      if (position % PAGE == 0) {
        pageHeader(done == 0 ? 0 : 0x0001, done == 0 ? 0 : bytes.length - done);
      }
      int step = (int) Math.min(bytes.length - done, PAGE - position % PAGE);
      out.write(bytes, done, step);
      position += step;
      done += step;
    }
  }

  private long recordBegin() {
    if (position % PAGE == 0) {
      pageHeader(0, 0);
    }
    return position;
  }

  private void pad() {
    while (position % 8 != 0) {
      out.write(0);
      position++;
    }
  }

  private void pageHeader(int flags, int left) {
    boolean first = position % size.bytes() == 0;
    ByteBuffer header = buffer(first ? 40 : 24);
    header.putShort((short) magic()).putShort((short) (flags | (first ? 2 : 0)));
    header.putInt(timeline.number()).putLong(position).putInt(left);
    if (first) {
      header.putLong(24, 7_312_345_678_901_234_567L).putInt(32, size.bytes()).putInt(36, PAGE);
    }
    out.writeBytes(header.array());
    position += header.capacity();
  }

  private int magic() {
    return switch (major) {
      case 13 -> 0xD106;
      case 14 -> 0xD10D;
      case 15 -> 0xD110;
      case 16 -> 0xD113;
      case 17 -> 0xD116;
      default -> 0xD118;
    };
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next record is to name that one as the one before it. */
  public void pointBackTo(Lsn record) {
    previous = record.value();
  }
}
