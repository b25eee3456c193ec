package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a timeline's WAL as it comes, in pieces of any size, and reports the records that matter.
 *
 * <p>Each record's length, back link and CRC-32C are checked before it is reported. Most records
 * are only summed up; of the others one at a time is held in memory. Decoding may begin at any page
 * boundary: what is left there of a record that began earlier is skipped. WAL ends where a page or
 * a record should begin and zeros stand instead ({@link #endOfWal}).
 *
 * <p>For one thread at a time. After a {@link WalFormatException} it only repeats that.
 */
public final class WalDecoder {

  private static final int RECORD_HEADER = 24;
  private static final int RECORD_HEADER_SUMMED = 20;
  private static final int MAX_RECORD = 0x3FFFFFFF;
  private static final int KEPT_BODY = 1 << 20;

  private static final int PAGE_FIRST_IS_CONTINUATION = 0x0001;
  private static final int PAGE_LONG_HEADER = 0x0002;
  private static final int PAGE_FIRST_OVERWRITES = 0x0008;
  private static final int PAGE_ALL_FLAGS = 0x000F;

  private static final int MANAGER_XLOG = 0;
  private static final int MANAGER_TRANSACTION = 1;
  private static final int MANAGER_DATABASE = 4;
  private static final int MANAGER_TABLESPACE = 5;
  private static final int MANAGER_STANDBY = 8;
  private static final int LAST_BUILT_IN_MANAGER = 21;
  private static final int FIRST_CUSTOM_MANAGER = 128;

  private enum State {
    /** Between two records, or within the header of one. */
    HEADER,
    /** Within a record, behind its header. */
    BODY,
    /** Within a record whose beginning was never seen. */
    REMAINDER,
    /** Behind a segment switch. */
    SWITCHED,
    END
  }

  private final WalFormat format;
  private final Consumer<? super WalEvent> events;
  private final RecordBoundaryConsumer boundaries;
  private final XidTracker xids;
  private final TransactionRecords transactionRecords;
  private final SystemRecords systemRecords;

  private State state = State.HEADER;
  private long position;

  private final byte[] pageHeaderBytes = new byte[WalFormat.LONG_PAGE_HEADER];
  private final ByteBuffer pageHeader =
      ByteBuffer.wrap(pageHeaderBytes).order(ByteOrder.LITTLE_ENDIAN);
  private int pageHeaderFilled;

  private final byte[] headerBytes = new byte[RECORD_HEADER];
  private final ByteBuffer header = ByteBuffer.wrap(headerBytes).order(ByteOrder.LITTLE_ENDIAN);
  private int headerFilled;

  private final CRC32C crc = new CRC32C();
  private long recordStart;
  private int remaining;
  private boolean interesting;
  private byte[] body = new byte[8192];
  private int bodyFilled;

  private boolean anyRecord;
  private long lastStart;
  private long lastEnd;
  private @Nullable WalFormatException failure;

  /**
   * @param start a page boundary: the position of the first byte that will be accepted
   * @param nextXid a transaction id in use at about that time, with its epoch: any nearer than 2^31
   *     transactions; the next checkpoint corrects it
   * @param events is told of what is decoded, within {@link #accept}
   */
  public WalDecoder(WalFormat format, Lsn start, Xid nextXid, Consumer<? super WalEvent> events) {
    this(format, start, nextXid, events, (from, to, previous) -> {});
  }

  /**
   * @param boundaries is told of every record, before {@code events} is told what it was about
   */
  public WalDecoder(
      WalFormat format,
      Lsn start,
      Xid nextXid,
      Consumer<? super WalEvent> events,
      RecordBoundaryConsumer boundaries) {
    if (!WalFormat.pageOf(start).equals(start)) {
      throw new IllegalArgumentException(start + " is not the start of a WAL page");
    }
    this.format = format;
    this.events = events;
    this.boundaries = boundaries;
    this.xids = new XidTracker(nextXid);
    this.transactionRecords = new TransactionRecords(format, xids);
    this.systemRecords = new SystemRecords(format, xids);
    this.position = start.value();
    this.lastEnd = position;
  }

  /** The position of the next byte to be accepted. */
  public Lsn position() {
    return new Lsn(position);
  }

  /** The end of the last complete record; where decoding began while there is none. */
  public Lsn decodedTo() {
    return new Lsn(lastEnd);
  }

  /** The start of the last complete record. */
  public Optional<Lsn> lastRecord() {
    return anyRecord ? Optional.of(new Lsn(lastStart)) : Optional.empty();
  }

  /** The next transaction id, as far as records have shown. */
  public Xid nextXid() {
    return xids.next();
  }

  /** Where valid WAL ends and zeros begin, once that was seen; what comes behind is ignored. */
  public Optional<Lsn> endOfWal() {
    return state == State.END ? Optional.of(decodedTo()) : Optional.empty();
  }

  /**
   * Decodes the next bytes, all of them.
   *
   * @param wal from its position to its limit, which it is moved to; not kept
   * @throws WalFormatException if this is not valid WAL; what was reported before is
   */
  public void accept(ByteBuffer wal) {
    if (failure != null) {
      throw failure;
    }
    ByteBuffer in = wal.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    try {
      decode(in);
    } catch (WalFormatException e) {
      failure = e;
      throw e;
    }
    wal.position(wal.limit());
  }

  private void decode(ByteBuffer in) {
    while (in.hasRemaining()) {
      int inPage = (int) (position & (WalFormat.PAGE_SIZE - 1));
      if (state == State.END) {
        skip(in, in.remaining());
      } else if (state == State.SWITCHED) {
        skipToSegmentEnd(in);
      } else if (inPage == 0 || pageHeaderFilled > 0) {
        fillPageHeader(in);
      } else {
        int available = Math.min(in.remaining(), WalFormat.PAGE_SIZE - inPage);
        switch (state) {
          case HEADER -> fillHeader(in, available);
          case BODY -> fillBody(in, available);
          default -> {
            int step = Math.min(available, remaining);
            skip(in, step);
            remaining -= step;
            if (remaining == 0) {
              state = State.HEADER;
            }
          }
        }
      }
    }
  }

  private void skip(ByteBuffer in, int bytes) {
    in.position(in.position() + bytes);
    position += bytes;
  }

  private void skipToSegmentEnd(ByteBuffer in) {
    skip(in, (int) Math.min(in.remaining(), lastEnd - position));
    if (position == lastEnd) {
      state = State.HEADER;
    }
  }

  private void fillPageHeader(ByteBuffer in) {
    Lsn page = new Lsn(position - pageHeaderFilled);
    int size = format.pageHeaderSize(page);
    int step = Math.min(in.remaining(), size - pageHeaderFilled);
    in.get(pageHeaderBytes, pageHeaderFilled, step);
    pageHeaderFilled += step;
    position += step;
    if (pageHeaderFilled == size) {
      pageHeaderFilled = 0;
      beginPage(page, size);
    }
  }

  private void beginPage(Lsn page, int size) {
    int magic = pageHeader.getShort(0) & 0xFFFF;
    int flags = pageHeader.getShort(2) & 0xFFFF;
    if (magic == 0) {
      state = State.END;
      return;
    }
    if (magic != format.pageMagic()) {
      throw new WalFormatException(
          page, "PostgreSQL " + format.major() + " does not begin a page like this");
    }
    check((flags & ~PAGE_ALL_FLAGS) == 0, page, "unknown flags in a page header");
    check(pageHeader.getLong(8) == page.value(), page, "the page belongs to another position");
    check(
        ((flags & PAGE_LONG_HEADER) != 0) == (size == WalFormat.LONG_PAGE_HEADER),
        page,
        "the page header has the wrong length");
    if (size == WalFormat.LONG_PAGE_HEADER) {
      check(
          pageHeader.getInt(32) == format.segmentSize().bytes(),
          page,
          "its segments are of " + Integer.toUnsignedString(pageHeader.getInt(32)) + " bytes");
      check(
          pageHeader.getInt(36) == WalFormat.PAGE_SIZE,
          page,
          "its pages are of " + Integer.toUnsignedString(pageHeader.getInt(36)) + " bytes");
    }
    continueRecord(page, flags, pageHeader.getInt(16));
  }

  private void continueRecord(Lsn page, int flags, int left) {
    if ((flags & PAGE_FIRST_OVERWRITES) != 0) {
      state = State.HEADER;
      headerFilled = 0;
      return;
    }
    boolean continues = (flags & PAGE_FIRST_IS_CONTINUATION) != 0;
    if (state == State.HEADER && headerFilled == 0) {
      if (continues) {
        check(
            !anyRecord && position - lastEnd <= WalFormat.LONG_PAGE_HEADER,
            page,
            "a record's beginning is missing");
        check(left > 0 && left <= MAX_RECORD, page, "a record's length is impossible");
        state = State.REMAINDER;
        remaining = left;
      }
      return;
    }
    int expected = state == State.HEADER ? header.getInt(0) - headerFilled : remaining;
    check(continues && left == expected, page, "a record is not continued");
  }

  private void fillHeader(ByteBuffer in, int available) {
    if (headerFilled == 0) {
      int padding = (int) (-position & 7);
      if (padding > 0) {
        skip(in, Math.min(padding, available));
        return;
      }
      recordStart = position;
    }
    int step = Math.min(available, RECORD_HEADER - headerFilled);
    in.get(headerBytes, headerFilled, step);
    boolean lengthKnown = headerFilled >= Integer.BYTES;
    headerFilled += step;
    position += step;
    if (!lengthKnown && headerFilled >= Integer.BYTES) {
      int length = header.getInt(0);
      if (length == 0) {
        state = State.END;
        return;
      }
      if (length < RECORD_HEADER || length > MAX_RECORD) {
        throw new WalFormatException(
            new Lsn(recordStart),
            "a record cannot have " + Integer.toUnsignedString(length) + " bytes");
      }
    }
    if (headerFilled == RECORD_HEADER) {
      beginRecord();
    }
  }

  private void beginRecord() {
    int info = headerBytes[16] & 0xFF;
    int manager = headerBytes[17] & 0xFF;
    if (manager > LAST_BUILT_IN_MANAGER && manager < FIRST_CUSTOM_MANAGER) {
      throw new WalFormatException(new Lsn(recordStart), "there is no resource manager " + manager);
    }
    if (anyRecord && header.getLong(8) != lastStart) {
      throw new WalFormatException(
          new Lsn(recordStart),
          "a record points back to "
              + new Lsn(header.getLong(8))
              + ", the one before began at "
              + new Lsn(lastStart));
    }
    remaining = header.getInt(0) - RECORD_HEADER;
    interesting = isInteresting(manager, info);
    bodyFilled = 0;
    crc.reset();
    state = State.BODY;
    if (remaining == 0) {
      endRecord();
    }
  }

  private boolean isInteresting(int manager, int info) {
    return switch (manager) {
      case MANAGER_XLOG -> SystemRecords.isInterestingXlog(info);
      case MANAGER_TRANSACTION -> TransactionRecords.isInteresting(info);
      case MANAGER_DATABASE -> systemRecords.isDatabaseDrop(info);
      case MANAGER_TABLESPACE -> SystemRecords.isTablespaceCreate(info);
      case MANAGER_STANDBY -> SystemRecords.isInterestingStandby(info);
      default -> false;
    };
  }

  private void fillBody(ByteBuffer in, int available) {
    int step = Math.min(available, remaining);
    if (interesting) {
      if (bodyFilled + step > body.length) {
        body = Arrays.copyOf(body, Math.max(bodyFilled + step, body.length * 2));
      }
      in.get(body, bodyFilled, step);
      crc.update(body, bodyFilled, step);
      bodyFilled += step;
    } else {
      int limit = in.limit();
      in.limit(in.position() + step);
      crc.update(in);
      in.limit(limit);
    }
    position += step;
    remaining -= step;
    if (remaining == 0) {
      endRecord();
    }
  }

  private void endRecord() {
    crc.update(headerBytes, 0, RECORD_HEADER_SUMMED);
    check(
        (int) crc.getValue() == header.getInt(20),
        new Lsn(recordStart),
        "a record's checksum is wrong");

    int info = headerBytes[16] & 0xFF;
    int manager = headerBytes[17] & 0xFF;
    long end = (position + 7) & ~7L;
    boolean isSwitch = manager == MANAGER_XLOG && (info & 0xF0) == SystemRecords.SEGMENT_SWITCH;
    if (isSwitch) {
      end = format.segmentSize().ceiling(new Lsn(end)).value();
    }
    xids.seen(header.getInt(4));
    anyRecord = true;
    lastStart = recordStart;
    lastEnd = end;
    headerFilled = 0;
    state = isSwitch && position < end ? State.SWITCHED : State.HEADER;

    boundaries.record(recordStart, end, header.getLong(8));
    if (interesting) {
      report(manager, info);
    }
  }

  private void report(int manager, int info) {
    RecordLocation location =
        new RecordLocation(new Lsn(lastStart), new Lsn(lastEnd), new Lsn(header.getLong(8)));
    WalEvent event;
    try {
      ByteBuffer data =
          RecordData.main(
              format, ByteBuffer.wrap(body, 0, bodyFilled).order(ByteOrder.LITTLE_ENDIAN));
      event = read(location, manager, info, data);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new WalFormatException(location.start(), "a record's contents do not add up");
    }
    if (body.length > KEPT_BODY) {
      body = new byte[8192];
    }
    if (event != null) {
      events.accept(event);
    }
  }

  private @Nullable WalEvent read(RecordLocation location, int manager, int info, ByteBuffer data) {
    int xid = header.getInt(4);
    return switch (manager) {
      case MANAGER_XLOG -> systemRecords.readXlog(location, info, data);
      case MANAGER_TRANSACTION -> transactionRecords.read(location, info, xid, data);
      case MANAGER_DATABASE -> systemRecords.readDatabaseDrop(location, xid, data);
      case MANAGER_TABLESPACE -> systemRecords.readTablespaceCreate(location, data);
      default -> systemRecords.readRunningXacts(location, data);
    };
  }

  /**
   * For messages that are constants only: building any other costs more than the record it is
   * about.
   */
  private static void check(boolean holds, Lsn at, String what) {
    if (!holds) {
      throw new WalFormatException(at, what);
    }
  }
}
