package dev.pgbackup.bench;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.record.WalFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Writes valid WAL of one segment, a mix like that of a busy server: row changes, full-page images
 * and commits.
 *
 * <p>Records follow PostgreSQL's {@code XLogRecord}: a header of 24 bytes with length, xid, back
 * link, info, resource manager and CRC-32C, aligned to 8 bytes, continued across pages.
 */
final class SyntheticWal {

  static final int MAJOR = 16;
  static final Lsn START = new Lsn(0x1_0000_0000L);

  private static final int PAGE_MAGIC = 0xD113;
  private static final int SHORT_PAGE_HEADER = 24;
  private static final int LONG_PAGE_HEADER = 40;
  private static final int LONG_HEADER_FLAG = 0x0002;
  private static final int CONTINUATION_FLAG = 0x0001;
  private static final int RECORD_HEADER = 24;
  private static final int MANAGER_TRANSACTION = 1;
  private static final int MANAGER_HEAP = 10;
  private static final int SHORT_MAIN_DATA = 255;

  private final int size;
  private final ByteBuffer wal;
  private final Random random = new Random(20260101);
  private final CRC32C crc = new CRC32C();
  private long previous;
  private int commits;
  private int records;

  private SyntheticWal(WalSegmentSize segmentSize) {
    this.size = segmentSize.bytes();
    this.wal = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A segment's worth of WAL.
   *
   * @param commits how many commit records are in it
   * @param records how many records of any kind are in it
   */
  record Segment(WalFormat format, ByteBuffer bytes, int commits, int records) {}

  /**
   * @param fullPageImages of a hundred records, how many carry a page; each holds some 8 KiB, the
   *     others about 100 bytes
   */
  static Segment segment(int fullPageImages) {
    WalFormat format = new WalFormat(MAJOR, WalSegmentSize.DEFAULT);
    SyntheticWal writer = new SyntheticWal(WalSegmentSize.DEFAULT);
    writer.fill(fullPageImages);
    return new Segment(format, writer.wal.flip(), writer.commits, writer.records);
  }

  private void fill(int fullPageImages) {
    beginPage(0);
    int xid = 1000;
    int rowsLeft = 0;
    while (true) {
      byte[] record;
      if (rowsLeft == 0) {
        record = commit(xid++);
        rowsLeft = 1 + random.nextInt(8);
      } else {
        boolean image = random.nextInt(100) < fullPageImages;
        record = change(xid, image ? 8000 + random.nextInt(192) : 50 + random.nextInt(100));
        rowsLeft--;
      }
      if (wal.position() + record.length + 1024 > size) {
        return;
      }
      write(record);
      records++;
      if (record[17] == MANAGER_TRANSACTION) {
        commits++;
      }
    }
  }

  private byte[] change(int xid, int bodySize) {
    byte[] body = new byte[bodySize];
    random.nextBytes(body);
    return record(xid, 0, MANAGER_HEAP, body);
  }

  private byte[] commit(int xid) {
    ByteBuffer body =
        ByteBuffer.allocate(10)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) SHORT_MAIN_DATA)
            .put((byte) Long.BYTES)
            .putLong(800_000_000_000_000L + xid);
    return record(xid, 0, MANAGER_TRANSACTION, body.array());
  }

  private byte[] record(int xid, int info, int manager, byte[] body) {
    ByteBuffer record =
        ByteBuffer.allocate(RECORD_HEADER + body.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(0, record.capacity()).putInt(4, xid).putLong(8, previous);
    record.put(16, (byte) info).put(17, (byte) manager).put(RECORD_HEADER, body);
    crc.reset();
    crc.update(body);
    crc.update(record.array(), 0, 20);
    record.putInt(20, (int) crc.getValue());
    previous = START.value() + startOfNext();
    return record.array();
  }

  /** Where the record that is written next will begin. */
  private int startOfNext() {
    int aligned = (wal.position() + 7) & ~7;
    return aligned % WalFormat.PAGE_SIZE == 0 ? aligned + SHORT_PAGE_HEADER : aligned;
  }

  private void write(byte[] record) {
    while (wal.position() % 8 != 0) {
      wal.put((byte) 0);
    }
    int written = 0;
    while (written < record.length) {
      int inPage = wal.position() % WalFormat.PAGE_SIZE;
      if (inPage == 0) {
        beginPage(written == 0 ? 0 : record.length - written);
        inPage = SHORT_PAGE_HEADER;
      }
      int step = Math.min(record.length - written, WalFormat.PAGE_SIZE - inPage);
      wal.put(record, written, step);
      written += step;
    }
  }

  private void beginPage(int leftOfRecord) {
    int page = wal.position();
    boolean first = page == 0;
    int flags = (first ? LONG_HEADER_FLAG : 0) | (leftOfRecord > 0 ? CONTINUATION_FLAG : 0);
    wal.putShort((short) PAGE_MAGIC).putShort((short) flags).putInt(1);
    wal.putLong(START.value() + page).putInt(leftOfRecord).putInt(0);
    if (first) {
      wal.putLong(42).putInt(size).putInt(WalFormat.PAGE_SIZE);
    }
    assert wal.position() == page + (first ? LONG_PAGE_HEADER : SHORT_PAGE_HEADER);
  }
}
