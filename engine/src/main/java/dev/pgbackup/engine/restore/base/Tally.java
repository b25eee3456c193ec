package dev.pgbackup.engine.restore.base;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts what the workers have done, and tells it now and then. */
final class Tally {

  private static final long INTERVAL_NANOS = 200_000_000;
  private static final long LEAST_NANOS = 1_000_000_000;

  private final long totalBytes;
  private final long totalFiles;
  private final Consumer<BaseProgress> listener;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong fetched = new AtomicLong();
  private final long begunAt = System.nanoTime();
  private final AtomicLong toldAt = new AtomicLong(begunAt);

  Tally(long totalBytes, long totalFiles, Consumer<BaseProgress> listener) {
    this.totalBytes = totalBytes;
    this.totalFiles = totalFiles;
    this.listener = listener;
  }

  void present(long plainBytes) {
    bytes.addAndGet(plainBytes);
    tellNowAndThen();
  }

  void fetched(long plainBytes, long storedBytes) {
    fetched.addAndGet(storedBytes);
    present(plainBytes);
  }

  void whole() {
    files.incrementAndGet();
  }

  private void tellNowAndThen() {
    long now = System.nanoTime();
    long last = toldAt.get();
    if (now - last >= INTERVAL_NANOS && toldAt.compareAndSet(last, now)) {
      tell();
    }
  }

  synchronized void tell() {
    listener.accept(progress());
  }

  BaseProgress progress() {
    long done = bytes.get();
    return new BaseProgress(done, totalBytes, files.get(), totalFiles, fetched.get(), left(done));
  }

  private Optional<Duration> left(long done) {
    long elapsed = System.nanoTime() - begunAt;
    if (done == 0 || elapsed < LEAST_NANOS) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos((long) ((double) elapsed / done * (totalBytes - done))));
  }
}
