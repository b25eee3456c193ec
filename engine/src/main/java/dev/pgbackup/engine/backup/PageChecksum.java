package dev.pgbackup.engine.backup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The checksum that PostgreSQL keeps in a page's header: 32 sums side by side, each a variant of
 * FNV-1a over every 32nd word, folded to 16 bits together with the page's number. Used by one
 * thread at a time.
 */
final class PageChecksum {

  /** Bytes of a page. */
  static final int PAGE = 8192;

  static final int CHECKSUM_AT = 8;

  private static final int SUMS = 32;
  private static final int WORDS = PAGE / Integer.BYTES;
  private static final int PRIME = 16_777_619;

  /** Where each sum begins: random numbers, the same in every server. */
  private static final int[] BASE = {
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
  };

  private final int[] words = new int[WORDS];
  private final int[] sums = new int[SUMS];

  /**
   * The checksum that a page should carry.
   *
   * @param offset where the page begins in the buffer
   * @param number of the page in its fork
   */
  int of(byte[] buffer, int offset, long number) {
    ByteBuffer.wrap(buffer, offset, PAGE).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    words[CHECKSUM_AT / Integer.BYTES] &= 0xFFFF0000;
    System.arraycopy(BASE, 0, sums, 0, SUMS);
    for (int row = 0; row < WORDS; row += SUMS) {
      mix(row);
    }
    for (int i = 0; i < SUMS; i++) {
      sums[i] = finish(finish(sums[i]));
    }
    int folded = 0;
    for (int sum : sums) {
      folded ^= sum;
    }
    long mixed = (folded ^ (int) number) & 0xFFFFFFFFL;
    return (int) (mixed % 65_535) + 1;
  }

  private void mix(int row) {
    for (int i = 0; i < SUMS; i++) {
      int mixed = sums[i] ^ words[row + i];
      sums[i] = (mixed * PRIME) ^ (mixed >>> 17);
    }
  }

  private static int finish(int sum) {
    return (sum * PRIME) ^ (sum >>> 17);
  }
}
