package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.time.Duration;

/**
 * How WAL is fetched for a replay.
 *
 * @param spoolBytes how much of it lies ready at most; at least two segments in any case
 * @param parallelism how many segments are fetched at a time
 * @param patience for how long a store that fails is tried again before the replay is given up
 */
public record FeedSettings(long spoolBytes, int parallelism, Duration patience) {

  public static final FeedSettings DEFAULT = new FeedSettings(256 << 20, 4, Duration.ofMinutes(30));

  private static final int MOST_SEGMENTS = 64;

  public FeedSettings {
    if (spoolBytes < 1 || parallelism < 1 || patience.isNegative()) {
      throw new IllegalArgumentException("nothing can be fetched with " + spoolBytes);
    }
  }

  /** Segments that lie ready, the one that is replayed included. */
  int ahead(WalSegmentSize size) {
    return (int) Math.max(2, Math.min(MOST_SEGMENTS, spoolBytes / size.bytes()));
  }
}
