package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another follower, which looks at a piece of WAL while the archiving thread packs it. It is at
 * most one piece behind, of which it has a copy.
 */
final class BackgroundFollower implements WalFollower {

  private static final long IDLE_SECONDS = 10;

  private final WalFollower follower;
  private final ExecutorService thread =
      new ThreadPoolExecutor(
          0,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread made = new Thread(task, "wal-follower");
            made.setDaemon(true);
            return made;
          });
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private volatile CompletableFuture<@Nullable Void> looked =
      CompletableFuture.completedFuture(null);

  BackgroundFollower(WalFollower follower) {
    this.follower = follower;
  }

  static Factory of(Factory followers) {
    return (timeline, from, nextXid) ->
        new BackgroundFollower(followers.follow(timeline, from, nextXid));
  }

  @Override
  public synchronized void received(ByteBuffer wal) {
    await();
    if (piece.capacity() < wal.remaining()) {
      piece = ByteBuffer.allocate(wal.remaining());
    }
    ByteBuffer copy = piece.clear().put(wal.duplicate()).flip();
    looked = CompletableFuture.runAsync(() -> follower.received(copy), thread);
  }

  private void await() {
    try {
      looked.get();
    } catch (ExecutionException broken) {
      throw new IllegalStateException("following WAL failed", broken.getCause());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "Following WAL was interrupted.", stop);
    }
  }

  /** What came before this call is looked at first: it may be what has become durable. */
  @Override
  public void durable(Lsn position) {
    await();
    follower.durable(position);
  }

  @Override
  public synchronized void close() {
    try {
      await();
    } finally {
      thread.shutdown();
      follower.close();
    }
  }
}
