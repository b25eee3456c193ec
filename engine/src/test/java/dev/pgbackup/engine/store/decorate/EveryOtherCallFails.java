package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every second call fails before it has an effect, every third after it, and every fourth read
 * breaks off.
 */
final class EveryOtherCallFails implements FaultyStore.Faults {

  private final AtomicInteger before = new AtomicInteger();
  private final AtomicInteger after = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();

  @Override
  public void before(StoreOperation operation, String key) {
    if (before.incrementAndGet() % 2 == 1) {
      throw new EngineException(Reason.StoreThrottled, operation + " " + key + " is too much");
    }
  }

  @Override
  public void after(StoreOperation operation, String key) {
    if (after.incrementAndGet() % 3 == 1) {
      throw new EngineException(
          Reason.BucketUnreachable, "the answer to " + operation + " " + key + " was lost");
    }
  }

  @Override
  public void reading(String key) throws IOException {
    if (reads.incrementAndGet() % 4 == 1) {
      throw new IOException("connection reset");
    }
  }
}
