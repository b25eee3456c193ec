package dev.pgbackup.engine.store.connect;

import dev.pgbackup.engine.store.decorate.RateLimit;
import dev.pgbackup.engine.store.decorate.RetryPolicy;
import dev.pgbackup.engine.store.decorate.StoreMetrics;
import dev.pgbackup.engine.store.decorate.StoreWatch;

/**
 * How a store is used, whichever it is.
 *
 * @param retries how long a failing call is tried again
 * @param metrics who counts
 * @param watch who knows whether the store answers
 * @param up limit of what is sent
 * @param down limit of what is received
 */
public record StoreOptions(
    RetryPolicy retries, StoreMetrics metrics, StoreWatch watch, RateLimit up, RateLimit down) {

  /** What suits nearly everybody; nobody counts, nobody watches. */
  public static final StoreOptions DEFAULT =
      new StoreOptions(
          RetryPolicy.DEFAULT,
          StoreMetrics.NONE,
          new StoreWatch(),
          RateLimit.unlimited(),
          RateLimit.unlimited());

  public StoreOptions with(RetryPolicy policy) {
    return new StoreOptions(policy, metrics, watch, up, down);
  }

  public StoreOptions with(StoreMetrics counter) {
    return new StoreOptions(retries, counter, watch, up, down);
  }

  public StoreOptions with(StoreWatch watcher) {
    return new StoreOptions(retries, metrics, watcher, up, down);
  }

  public StoreOptions limitedTo(RateLimit sending, RateLimit receiving) {
    return new StoreOptions(retries, metrics, watch, sending, receiving);
  }
}
