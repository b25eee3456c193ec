package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A fixed number of threads that work through tasks. Whoever hands over tasks is held back when
 * there are too many, and learns of the first failure, after which no further task begins.
 */
final class Workers implements AutoCloseable {

  private static final int WAITING_PER_THREAD = 4;
  private static final long CLOSING_SECONDS = 60;

  private final ExecutorService threads;
  private final int capacity;
  private final Semaphore room;
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  Workers(String name, int count) {
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(work, name + "-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    this.capacity = count * (1 + WAITING_PER_THREAD);
    this.room = new Semaphore(capacity);
  }

  /** Hands over a task, once there is room for it. */
  void submit(Runnable task) {
    requireNoFailure();
    acquire(1);
    threads.execute(
        () -> {
          try {
            if (failure.get() == null) {
              task.run();
            }
          } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
          } finally {
            room.release();
          }
        });
  }

  /** Waits until all tasks are done. */
  void await() {
    acquire(capacity);
    room.release(capacity);
    requireNoFailure();
  }

  private void acquire(int permits) {
    try {
      room.acquire(permits);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "The restore was interrupted.", e);
    }
  }

  private void requireNoFailure() {
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  /** Interrupts what still runs and waits for its end. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
