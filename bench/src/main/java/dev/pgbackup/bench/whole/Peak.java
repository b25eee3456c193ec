package dev.pgbackup.bench.whole;

import java.util.concurrent.TimeUnit;

/** Follows the memory of a process until it ends. */
final class Peak {

  private static final long EVERY_MILLIS = 20;

  private final Thread thread;
  private volatile long bytes;

  Peak(Process process) {
    thread = new Thread(() -> follow(process), "memory of " + process.pid());
    thread.setDaemon(true);
    thread.start();
  }

  private void follow(Process process) {
    try {
      do {
        bytes = Math.max(bytes, Kernel.peakRss(process.pid()));
      } while (!process.waitFor(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** The most bytes so far. */
  long bytes() {
    return bytes;
  }
}
