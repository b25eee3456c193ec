package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.postgres.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tells whether a page is what the server once wrote. Used by one thread at a time.
 *
 * <p>A page that was changed since the backup began says nothing: it may have been read while it
 * was written, and the WAL has it whole.
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
   * Whether a page is as it should be, or says nothing.
   *
   * @param offset where it begins in the buffer
   * @param number of the page in its fork
   */
  boolean isSound(byte[] buffer, int offset, long number) {
    ByteBuffer page =
        ByteBuffer.wrap(buffer, offset, PageChecksum.PAGE).slice().order(ByteOrder.LITTLE_ENDIAN);
    if (page.getShort(UPPER_AT) == 0 && isEmpty(page)) {
      return true;
    }
    Lsn changed = new Lsn(((long) page.getInt(0) << 32) | Integer.toUnsignedLong(page.getInt(4)));
    if (page.getShort(UPPER_AT) != 0 && !changed.isBefore(start)) {
      return true;
    }
    int carried = Short.toUnsignedInt(page.getShort(PageChecksum.CHECKSUM_AT));
    return carried == checksum.of(buffer, offset, number);
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
