package dev.pgbackup.engine.restore.base;

import java.time.Duration;
import java.util.Optional;

/**
 * How far the restore of a base backup has come.
 *
 * @param bytes of files that are as they shall be, zeros included
 * @param totalBytes of all files
 * @param files that are whole
 * @param totalFiles that there will be
 * @param fetched bytes that were read from the store, as they are stored
 * @param left estimated from the pace so far; empty while there is none
 */
public record BaseProgress(
    long bytes,
    long totalBytes,
    long files,
    long totalFiles,
    long fetched,
    Optional<Duration> left) {

  /** From 0 to 100. */
  public double percent() {
    return totalBytes == 0 ? 100 : 100.0 * bytes / totalBytes;
  }
}
