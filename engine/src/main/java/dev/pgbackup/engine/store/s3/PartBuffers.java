package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory of multipart uploads: at most a fixed number of buffers of one size, made when first
 * needed.
 */
final class PartBuffers {

  private final int size;
  private final int count;
  private final Duration patience;
  private final Semaphore permits;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  PartBuffers(int size, int count, Duration patience) {
    this.size = size;
    this.count = count;
    this.patience = patience;
    this.permits = new Semaphore(count, true);
  }

  /** An empty buffer; waits until an upload gives one back. */
  ByteBuffer take() {
    try {
      if (!permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new EngineException(
            Reason.StoreThrottled,
            "no more than "
                + count
                + " uploads may run at once, and none of them ended in "
                + patience.toSeconds()
                + " s; allow more uploads, or fewer workers");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new EngineException(
          Reason.Interrupted, "waiting for a part buffer was interrupted", interrupted);
    }
    synchronized (free) {
      ByteBuffer buffer = free.poll();
      return buffer == null ? ByteBuffer.allocate(size) : buffer;
    }
  }

  void giveBack(ByteBuffer buffer) {
    synchronized (free) {
      free.push(buffer.clear());
    }
    permits.release();
  }
}
