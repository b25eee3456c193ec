package dev.pgbackup.engine.wal;

/**
 * Which of a segment's tails the next one swallows, so that they stay few and a byte is uploaded
 * again only a logarithmic number of times.
 *
 * <p>A tail's level is the logarithm of its size, base 8. Tails are kept in falling order of level,
 * at most seven of each: a new one swallows smaller ones before it, and eight of a level become one
 * of the next. So each time a byte is uploaded again, it lies in a tail of a higher level.
 */
final class TailPlan {

  /** The most tails that a segment may have. */
  static final int MOST = 64;

  private static final int RUN = 7;

  private TailPlan() {}

  /**
   * @param tails sizes of the segment's tails, in order
   * @param fresh size of what is to be written behind them
   * @return the index of the first tail to be swallowed; {@code tails.length} if none is
   */
  static int firstSwallowed(long[] tails, long fresh) {
    int first = tails.length;
    long size = fresh;
    while (true) {
      while (first > 0 && level(tails[first - 1]) < level(size)) {
        first--;
        size += tails[first];
      }
      int run = 0;
      while (run < first && level(tails[first - 1 - run]) == level(size)) {
        run++;
      }
      if (run < RUN) {
        return first < MOST ? first : 0;
      }
      for (int i = 0; i < run; i++) {
        first--;
        size += tails[first];
      }
    }
  }

  static int level(long size) {
    int log2 = 63 - Long.numberOfLeadingZeros(Math.max(size, 1));
    return Math.max(0, log2 / 3 - 1);
  }
}
