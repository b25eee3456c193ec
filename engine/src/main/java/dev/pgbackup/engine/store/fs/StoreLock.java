package dev.pgbackup.engine.store.fs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of one process at a time change a directory: a lock in this process, which file
 * locks do not give, and around it one on a file, for other processes.
 */
final class StoreLock {

  private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  /** What is done while the lock is held. */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }

  private final Path file;
  private final ReentrantLock local;

  StoreLock(Path file) throws IOException {
    this.file = file;
    Path folder = file.toAbsolutePath().getParent();
    Path real = folder == null ? file : folder.toRealPath();
    this.local = IN_THIS_PROCESS.computeIfAbsent(real, any -> new ReentrantLock());
  }

  <T> T locked(Action<T> action) throws IOException {
    try {
      local.lockInterruptibly();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new FileLockInterruptionException();
    }
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock ignored = channel.lock()) {
      return action.run();
    } finally {
      local.unlock();
    }
  }
}
