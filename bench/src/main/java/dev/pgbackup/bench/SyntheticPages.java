package dev.pgbackup.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Makes heap pages that look like those of a table: a header, line pointers, rows with much in
 * common.
 */
final class SyntheticPages {

  private static final int PAGE = 8192;
  private static final int ROW = 128;
  private static final int PAGE_HEADER = 24;
  private static final int LINE_POINTER = 4;
  private static final int ROWS = (PAGE - PAGE_HEADER) / (ROW + LINE_POINTER);

  private SyntheticPages() {}

  /**
   * @param size bytes, a multiple of the page size
   * @param noise percent of each row that is random
   */
  static byte[] heap(int size, int noise) {
    Random random = new Random(20260102);
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    byte[] noiseOfRow = new byte[ROW * noise / 100];
    int id = 0;
    for (int page = 0; page < size; page += PAGE) {
      out.putLong(page, 0x1_0000_0000L + page).putShort(page + 12, (short) ROWS);
      for (int row = 0; row < ROWS; row++) {
        int at = page + PAGE - (row + 1) * ROW;
        out.putInt(page + PAGE_HEADER + row * LINE_POINTER, (at - page) | 1 << 15 | ROW << 17);
        out.putInt(at, 700 + page / PAGE).putShort(at + 18, (short) 4).putInt(at + 24, id++);
        random.nextBytes(noiseOfRow);
        out.put(at + 28, noiseOfRow, 0, Math.min(noiseOfRow.length, ROW - 28));
      }
    }
    return out.array();
  }
}
