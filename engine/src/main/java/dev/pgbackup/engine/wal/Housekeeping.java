package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be written beside WAL and may take as long as the store takes: one thread, one round
 * of chores at a time.
 */
final class Housekeeping implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread t = new Thread(task, "wal-housekeeping");
            t.setDaemon(true);
            return t;
          });
  private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicReference<@Nullable EngineException> failure = new AtomicReference<>();

  /** Takes what may be done later. If it fails, or the process ends before, it is not done. */
  void later(Runnable chore) {
    later.add(chore);
  }

  /** Does {@code chores}, and what was left for later, unless the round before is not over yet. */
  void round(Runnable chores) {
    if (busy.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            try {
              attempt(chores);
              for (Runnable next = later.poll(); next != null; next = later.poll()) {
                attempt(next);
              }
            } finally {
              busy.set(false);
            }
          });
    }
  }

  private void attempt(Runnable chore) {
    try {
      chore.run();
    } catch (EngineException e) {
      if (e.reason() == Reason.SecondWriter) {
        failure.set(e);
      }
      LOG.warn("A chore of archiving was not done: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("A chore of archiving failed unexpectedly.", e);
    }
  }

  /**
   * @throws EngineException if the archive belongs to somebody else by now
   */
  void requireOwned() {
    EngineException e = failure.get();
    if (e != null) {
      throw e;
    }
  }

  /** Lets the round that runs end, and does one more, within the time. */
  void close(Runnable chores, long nanos) {
    thread.execute(
        () -> {
          attempt(chores);
          for (Runnable next = later.poll(); next != null; next = later.poll()) {
            attempt(next);
          }
        });
    thread.shutdown();
    try {
      thread.awaitTermination(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
