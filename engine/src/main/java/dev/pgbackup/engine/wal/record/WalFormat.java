package dev.pgbackup.engine.wal.record;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.WalSegmentSize;

/**
 * What must be known of a server to read its WAL.
 *
 * @param major PostgreSQL's major version, {@link ServerVersion#OLDEST_MAJOR} to {@link
 *     ServerVersion#NEWEST_MAJOR}
 * @param segmentSize as chosen at initdb
 */
public record WalFormat(int major, WalSegmentSize segmentSize) {

  /** Bytes of a WAL page, PostgreSQL's default {@code XLOG_BLCKSZ}. */
  public static final int PAGE_SIZE = 8192;

  static final int SHORT_PAGE_HEADER = 24;
  static final int LONG_PAGE_HEADER = 40;

  public WalFormat {
    if (major < ServerVersion.OLDEST_MAJOR || major > ServerVersion.NEWEST_MAJOR) {
      throw new EngineException(
          Reason.UnsupportedServerVersion,
          "WAL of PostgreSQL "
              + major
              + " cannot be read; versions "
              + ServerVersion.OLDEST_MAJOR
              + " to "
              + ServerVersion.NEWEST_MAJOR
              + " can");
    }
  }

  public static WalFormat of(ServerVersion version, WalSegmentSize segmentSize) {
    return new WalFormat(version.major(), segmentSize);
  }

  /** The number with which every page of this version begins ({@code XLOG_PAGE_MAGIC}). */
  int pageMagic() {
    return switch (major) {
      case 13 -> 0xD106;
      case 14 -> 0xD10D;
      case 15 -> 0xD110;
      case 16 -> 0xD113;
      case 17 -> 0xD116;
      case 18 -> 0xD118;
      default -> throw new IllegalStateException("no page magic for " + major);
    };
  }

  /** Bytes of the header of the page at {@code pageStart}: long on the first page of a segment. */
  int pageHeaderSize(Lsn pageStart) {
    return segmentSize.floor(pageStart).equals(pageStart) ? LONG_PAGE_HEADER : SHORT_PAGE_HEADER;
  }

  /** The start of the page that holds {@code position}. */
  public static Lsn pageOf(Lsn position) {
    return new Lsn(position.value() & -(long) PAGE_SIZE);
  }

  /**
   * Where the record before one that begins at {@code start} ends: there, or before the page header
   * in between.
   *
   * @param start the first byte of a record
   */
  public Lsn endOfRecordBefore(Lsn start) {
    Lsn page = pageOf(start);
    return start.minus(page) == pageHeaderSize(page) ? page : start;
  }

  /**
   * Where the record behind one that ends at {@code end} begins: there, or behind the page header.
   *
   * @param end the end of a record
   */
  public Lsn startOfRecordAfter(Lsn end) {
    return end.equals(pageOf(end)) ? end.plus(pageHeaderSize(end)) : end;
  }
}
