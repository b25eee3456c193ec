package dev.pgbackup.engine.store.decorate;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long and how often a failed request is tried again.
 *
 * @param budget for one call, from its first failure on; no try begins after it
 * @param firstContact the same for calls to a store that has never answered: an address that is
 *     wrong is more likely then than one that is out of reach for a while
 * @param firstDelay upper bound of the wait before the second try; it doubles with every try
 * @param mostDelay what it never exceeds
 */
public record RetryPolicy(
    Duration budget, Duration firstContact, Duration firstDelay, Duration mostDelay) {

  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          Duration.ofMinutes(2),
          Duration.ofSeconds(12),
          Duration.ofMillis(200),
          Duration.ofSeconds(15));

  /** Fails at once. */
  public static final RetryPolicy NONE =
      new RetryPolicy(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1));

  /** One whose budget is the same from the beginning. */
  public RetryPolicy(Duration budget, Duration firstDelay, Duration mostDelay) {
    this(budget, budget, firstDelay, mostDelay);
  }

  public RetryPolicy {
    if (budget.isNegative() || firstDelay.isNegative() || mostDelay.compareTo(firstDelay) < 0) {
      throw new IllegalArgumentException("durations of a retry policy must grow from 0");
    }
  }

  /**
   * The wait before the next try: random between half of the bound and all of it, so that many
   * clients spread.
   */
  Duration delay(int failures) {
    long bound =
        Math.min(mostDelay.toMillis(), firstDelay.toMillis() << Math.min(failures - 1, 20));
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextLong(Math.max(1, bound / 2), bound + 1));
  }
}
