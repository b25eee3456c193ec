package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.decorate.StoreOperation;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of a store that a test turns on and off; writes are counted. */
final class StoreSwitch implements FaultyStore.Faults {

  private enum Mode {
    WORKING,
    FAILING,
    HANGING
  }

  private final AtomicInteger writes = new AtomicInteger();
  private Mode mode = Mode.WORKING;

  synchronized void work() {
    mode = Mode.WORKING;
    notifyAll();
  }

  synchronized void fail() {
    mode = Mode.FAILING;
  }

  /** Calls do not return until the store works again. */
  synchronized void hang() {
    mode = Mode.HANGING;
  }

  int writes() {
    return writes.get();
  }

  @Override
  public synchronized void before(StoreOperation operation, String key) {
    try {
      while (mode == Mode.HANGING) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "interrupted", e);
    }
    if (mode == Mode.FAILING) {
      throw new EngineException(Reason.BucketUnreachable, "the test's store is down");
    }
  }

  @Override
  public void after(StoreOperation operation, String key) {
    if (operation == StoreOperation.Put || operation == StoreOperation.Commit) {
      writes.incrementAndGet();
    }
  }
}
