package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.postgres.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tells whether a page is what the server once wrote. Used by one thread at a time.
 *
 * <p>A page that was changed since the backup began may have been read while it was written, and
 * the WAL has it whole: a wrong checksum is explained by that. A position that the WAL has not
 * reached explains nothing, since it is damage itself.
 */
final class PageCheck {

  private static final int UPPER_AT = 14;

  private final Lsn start;
  private final PageChecksum checksum = new PageChecksum();

  /**
   * @param start where the backup began
   */
  PageCheck(Lsn start) {
    this.start = start;
  }

  /**
   * Whether a page is as it should be.
   *
   * @param offset where it begins in the buffer
   * @param number of the page in its fork
   */
  boolean isSound(byte[] buffer, int offset, long number) {
    ByteBuffer page = page(buffer, offset);
    if (page.getShort(UPPER_AT) == 0 && isEmpty(page)) {
      return true;
    }
    int carried = Short.toUnsignedInt(page.getShort(PageChecksum.CHECKSUM_AT));
    return carried == checksum.of(buffer, offset, number);
  }

  /**
   * Whether a page was changed while the backup ran.
   *
   * @param now the end of the WAL after the page was read
   */
  boolean isChanging(byte[] buffer, int offset, Lsn now) {
    ByteBuffer page = page(buffer, offset);
    Lsn changed = new Lsn(((long) page.getInt(0) << 32) | Integer.toUnsignedLong(page.getInt(4)));
    return page.getShort(UPPER_AT) != 0 && !changed.isBefore(start) && !changed.isAfter(now);
  }

  private static ByteBuffer page(byte[] buffer, int offset) {
    return ByteBuffer.wrap(buffer, offset, PageChecksum.PAGE)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A page that a relation was extended by, and that was never filled. */
  private static boolean isEmpty(ByteBuffer page) {
    for (int at = 0; at < PageChecksum.PAGE; at += Long.BYTES) {
      if (page.getLong(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
