package dev.pgbackup.engine.store.connect;

import dev.pgbackup.engine.store.decorate.RateLimit;
import dev.pgbackup.engine.store.decorate.RetryPolicy;
import dev.pgbackup.engine.store.decorate.StoreMetrics;

/**
 * How a store is used, whichever it is.
 *
 * @param retries how long a failing call is tried again
 * @param metrics who counts
 * @param up limit of what is sent
 * @param down limit of what is received
 */
public record StoreOptions(
    RetryPolicy retries, StoreMetrics metrics, RateLimit up, RateLimit down) {

  public static final StoreOptions DEFAULT =
      new StoreOptions(
          RetryPolicy.DEFAULT, StoreMetrics.NONE, RateLimit.unlimited(), RateLimit.unlimited());

  public StoreOptions with(RetryPolicy policy) {
    return new StoreOptions(policy, metrics, up, down);
  }

  public StoreOptions with(StoreMetrics counter) {
    return new StoreOptions(retries, counter, up, down);
  }

  public StoreOptions limitedTo(RateLimit sending, RateLimit receiving) {
    return new StoreOptions(retries, metrics, sending, receiving);
  }
}
