package dev.pgbackup.engine.restore.base;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes files durable beside the work of those that write them. */
final class Syncing implements AutoCloseable {

  private static final int THREADS = 4;
  private static final int BATCH = 64;
  private static final long LARGE = 8 << 20;

  private final Workers workers = new Workers("pgbackup-sync", THREADS);
  private List<Path> batch = new ArrayList<>();

  /** Takes a folder that got its entries. */
  void add(Path folder) {
    add(folder, 0);
  }

  /** Takes a file that is written. */
  synchronized void add(Path file, long size) {
    batch.add(file);
    if (batch.size() >= BATCH || size >= LARGE) {
      flush();
    }
  }

  private void flush() {
    List<Path> paths = batch;
    batch = new ArrayList<>();
    workers.submit(() -> paths.forEach(Syncing::sync));
  }

  private static void sync(Path path) {
    try {
      Durable.sync(path);
    } catch (IOException e) {
      throw Failures.of(path, e);
    }
  }

  /** Waits until everything is durable. */
  synchronized void await() {
    flush();
    workers.await();
  }

  @Override
  public void close() {
    workers.close();
  }
}
