package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.session.ServerSession;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a backup. Tasks are handed out and their results taken in the same order, of which
 * a window of a few tasks per worker is under way at a time. Used by one thread.
 */
final class CopyPool implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CopyPool.class);

  private static final int WINDOW = 4;
  private static final long PATIENCE_SECONDS = 60;

  private final List<ServerSession> sessions;
  private final Consumer<CopiedPart> results;
  private final Runnable idle;
  private final ExecutorService executor;
  private final BlockingQueue<CopyTask> tasks = new LinkedBlockingQueue<>();
  private final Deque<CopyTask> underWay = new ArrayDeque<>();
  private final List<CopyWorker> workers = new ArrayList<>();
  private final List<Future<@Nullable Void>> running = new ArrayList<>();
  private final CompletableFuture<@Nullable Void> failed = new CompletableFuture<>();
  private boolean finished;

  /**
   * @param idle called after each result, and at least twice a second
   */
  CopyPool(
      List<ServerSession> sessions,
      BiFunction<ServerSession, BlockingQueue<CopyTask>, CopyWorker> worker,
      Consumer<CopiedPart> results,
      Runnable idle) {
    this.sessions = sessions;
    this.results = results;
    this.idle = idle;
    this.executor = Executors.newFixedThreadPool(sessions.size(), CopyPool::thread);
    for (ServerSession session : sessions) {
      CopyWorker next = worker.apply(session, tasks);
      workers.add(next);
      running.add(executor.submit(() -> call(next)));
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "pgbackup copies files");
    thread.setDaemon(true);
    return thread;
  }

  private @Nullable Void call(CopyWorker worker) throws Exception {
    try {
      return worker.call();
    } catch (Exception | Error failure) {
      failed.completeExceptionally(failure);
      throw failure;
    }
  }

  /** Has a task done; waits while too many are under way. */
  void submit(CopyTask task) {
    while (underWay.size() >= WINDOW * sessions.size()) {
      takeFirst();
    }
    tasks.add(task);
    underWay.addLast(task);
  }

  /** Waits until all is done. */
  void finish() {
    while (!underWay.isEmpty()) {
      takeFirst();
    }
    sessions.forEach(any -> tasks.add(new CopyTask(List.of())));
    running.forEach(this::await);
    finished = true;
  }

  private void takeFirst() {
    await(underWay.removeFirst().result()).forEach(results);
    idle.run();
  }

  private <T extends @Nullable Object> T await(Future<T> result) {
    while (true) {
      try {
        if (failed.isDone()) {
          failed.get();
        }
        return result.get(500, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        idle.run();
      } catch (ExecutionException failure) {
        throw failure(failure.getCause());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new EngineException(
            Reason.Interrupted, "The backup was interrupted while copying.", interrupted);
      }
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException known) {
      return known;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new EngineException(Reason.InternalError, "copying files failed", cause);
  }

  /** Unless all is done, ends the workers at once. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    executor.shutdown();
    if (!finished) {
      sessions.forEach(CopyPool::abort);
      executor.shutdownNow();
    }
    try {
      interrupted |= !ended();
      if (executor.isTerminated()) {
        workers.forEach(CopyWorker::close);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** False if this thread was interrupted while it waited. */
  private boolean ended() {
    try {
      if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A worker of the backup does not end; its upload is left to the next backup.");
      }
      return true;
    } catch (InterruptedException interrupted) {
      return false;
    }
  }

  private static void abort(ServerSession session) {
    try {
      session.jdbc().abort(Runnable::run);
    } catch (SQLException alreadyOver) {
      LOG.debug("ending a session failed", alreadyOver);
    }
  }
}
