package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Duration;
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
final class Housekeeping {

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
              doWhatIsLeft();
            } finally {
              busy.set(false);
            }
          });
    }
  }

  private void doWhatIsLeft() {
    for (Runnable next = later.poll(); next != null; next = later.poll()) {
      attempt(next);
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

  /** Does what was left for later, if that takes no longer than {@code atMost}, and ends. */
  void close(Duration atMost) {
    thread.execute(this::doWhatIsLeft);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
