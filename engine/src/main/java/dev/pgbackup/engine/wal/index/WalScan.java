package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.ArchivedWal;
import dev.pgbackup.engine.wal.record.RecordBoundaryConsumer;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.WalDecoder;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.record.WalFormat;
import dev.pgbackup.engine.wal.record.WalFormatException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks into archived WAL where the index does not say enough: record by record. */
final class WalScan {

  private static final Logger log = LoggerFactory.getLogger(WalScan.class);

  private static final long FIRST_STEP = 128 << 10;
  private static final long LAST_STEP = 16 << 20;

  private final ArchivedWal wal;
  private final WalFormat format;

  WalScan(ArchivedWal wal, WalFormat format) {
    this.wal = wal;
    this.format = format;
  }

  WalFormat format() {
    return format;
  }

  /** Is asked after each step whether to go on. */
  interface Steps {
    boolean goOn(WalDecoder decoder);
  }

  /**
   * The first record that begins in {@code [from, to)}; every byte before {@code to} is archived.
   */
  Optional<RecordLocation> first(Timeline timeline, Lsn from, Lsn to) {
    Found found = new Found();
    run(
        timeline,
        WalFormat.pageOf(from),
        to,
        new Xid(Xid.FIRST_NORMAL),
        event -> {},
        (start, end, previous) -> {
          Lsn begin = new Lsn(start);
          if (found.record == null && !begin.isBefore(from) && begin.isBefore(to)) {
            found.record = new RecordLocation(begin, new Lsn(end), new Lsn(previous));
          }
        },
        decoder -> found.record == null);
    return Optional.ofNullable(found.record);
  }

  /**
   * The last record that ends at {@code end} or before; every byte of {@code [from, end)} is
   * archived.
   */
  Optional<RecordLocation> last(Timeline timeline, Lsn from, Lsn end) {
    Lsn lowest = WalFormat.pageOf(from);
    Optional<RecordLocation> record = Optional.empty();
    for (long back = WalFormat.PAGE_SIZE; record.isEmpty(); back *= 16) {
      Lsn start = end.minus(lowest) > back ? WalFormat.pageOf(end.plus(-back)) : lowest;
      record = lastFrom(timeline, start, end);
      if (start.equals(lowest)) {
        break;
      }
    }
    return record;
  }

  private Optional<RecordLocation> lastFrom(Timeline timeline, Lsn start, Lsn limit) {
    Found found = new Found();
    run(
        timeline,
        start,
        limit,
        new Xid(Xid.FIRST_NORMAL),
        event -> {},
        (begin, end, previous) -> {
          if (!new Lsn(end).isAfter(limit)) {
            found.record = new RecordLocation(new Lsn(begin), new Lsn(end), new Lsn(previous));
          }
        },
        decoder -> true);
    return Optional.ofNullable(found.record);
  }

  /**
   * Decodes from a page's start, in growing steps, until {@code to}, the end of valid WAL, or when
   * told to stop.
   *
   * <p>What is no WAL counts as the end: so PostgreSQL sees it too.
   */
  void run(
      Timeline timeline,
      Lsn pageStart,
      Lsn to,
      Xid nextXid,
      Consumer<WalEvent> events,
      RecordBoundaryConsumer boundaries,
      Steps steps) {
    WalDecoder decoder = new WalDecoder(format, pageStart, nextXid, events, boundaries);
    long step = FIRST_STEP;
    Lsn position = pageStart;
    try {
      while (position.isBefore(to) && decoder.endOfWal().isEmpty()) {
        Lsn next = Lsn.min(to, position.plus(step));
        wal.read(timeline, position, next, decoder::accept);
        position = next;
        step = Math.min(step * 2, LAST_STEP);
        if (!steps.goOn(decoder)) {
          return;
        }
      }
    } catch (WalFormatException e) {
      log.info(
          "valid WAL of timeline {} ends at {}: {}", timeline, decoder.decodedTo(), e.getMessage());
      steps.goOn(decoder);
    }
  }

  private static final class Found {
    @Nullable RecordLocation record;
  }
}
