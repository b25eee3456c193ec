package dev.pgbackup.engine.restore.base;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A file that is being written by several workers, piece by piece. */
final class RestoredFile {

  private final String name;
  private final Path path;
  private final long size;
  private final AtomicInteger missing;

  /**
   * @param name its path in the backup
   * @param missing pieces of it that are still to be dealt with
   */
  RestoredFile(String name, Path path, long size, int missing) {
    this.name = name;
    this.path = path;
    this.size = size;
    this.missing = new AtomicInteger(missing);
  }

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** A piece is dealt with; true if it was the last one. */
  boolean pieceDone() {
    return missing.decrementAndGet() == 0;
  }
}
