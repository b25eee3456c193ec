package dev.pgbackup.bench.whole;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Notes how long after its commit the WAL of each became durable. */
final class LagWatch implements AutoCloseable {

  private static final long EVERY_MILLIS = 50;
  private static final long LAST_ONES_SECONDS = 600;

  private final SteadyWal wal;
  private final LongSupplier durable;
  private final Thread thread = new Thread(this::watch, "lag-watch");
  private final List<Double> seconds = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean ending;
  private volatile @Nullable RuntimeException failure;

  private LagWatch(SteadyWal wal, LongSupplier durable) {
    this.wal = wal;
    this.durable = durable;
  }

  /**
   * Begins.
   *
   * @param durable the position before which all is durable
   */
  static LagWatch start(SteadyWal wal, LongSupplier durable) {
    LagWatch watch = new LagWatch(wal, durable);
    watch.thread.setDaemon(true);
    watch.thread.start();
    return watch;
  }

  private void watch() {
    try {
      while (!ending) {
        look();
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException broken) {
      failure = broken;
    }
  }

  private void look() {
    long reached = durable.getAsLong();
    long now = System.nanoTime();
    for (SteadyWal.Commit oldest = wal.peek();
        oldest != null && oldest.position() <= reached;
        oldest = wal.peek()) {
      wal.remove();
      seconds.add((now - oldest.at()) / 1e9);
    }
  }

  /** Waits for the commits that are still on their way, and says how it went. */
  Figure.Lag result() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_ONES_SECONDS);
    try {
      while (wal.peek() != null && failure == null && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException stop) {
      throw Programs.interrupted(stop);
    }
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
    if (wal.peek() != null) {
      throw new IllegalStateException(
          "WAL was not durable " + LAST_ONES_SECONDS + " s after the last commit");
    }
    List<Double> sorted = seconds.stream().sorted().toList();
    return new Figure.Lag(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
  }

  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.round(share * (sorted.size() - 1)));
  }

  @Override
  public void close() {
    ending = true;
  }
}
