package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A number of bytes per second that any number of threads share: each waits for its turn. What was
 * not used is saved for at most one second.
 */
public final class RateLimit {

  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long bytesPerSecond;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private long nextFree;

  /** Waits, so that tests need not. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(long nanos) throws InterruptedException;
  }

  RateLimit(long bytesPerSecond, LongSupplier nanoTime, Sleeper sleeper) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.nextFree = nanoTime.getAsLong();
  }

  /**
   * @param bytesPerSecond above 0
   */
  public static RateLimit of(long bytesPerSecond) {
    if (bytesPerSecond <= 0) {
      throw new EngineException(
          Reason.ConfigurationInvalid, "a rate limit must be more than 0 bytes a second");
    }
    return new RateLimit(bytesPerSecond, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
  }

  public static RateLimit unlimited() {
    return new RateLimit(Long.MAX_VALUE, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
  }

  /**
   * Waits until that many bytes may pass.
   *
   * @throws EngineException {@code Interrupted}
   */
  public void pass(long bytes) {
    if (bytesPerSecond == Long.MAX_VALUE || bytes == 0) {
      return;
    }
    long wait = reserve(bytes);
    if (wait <= 0) {
      return;
    }
    try {
      sleeper.sleep(wait);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new EngineException(
          Reason.Interrupted, "waiting for the rate limit was interrupted", interrupted);
    }
  }

  private synchronized long reserve(long bytes) {
    long now = nanoTime.getAsLong();
    nextFree = Math.max(nextFree, now - NANOS);
    nextFree += bytes * NANOS / bytesPerSecond;
    return nextFree - now;
  }
}
