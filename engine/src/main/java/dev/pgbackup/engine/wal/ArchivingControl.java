package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What other threads want of the archiving thread, and how they wake it. */
final class ArchivingControl {

  private boolean awake;
  private boolean stopping;
  private boolean limited;
  private long deadline;
  private long flushesAsked;
  private long flushesBegun;

  /** Ends the next or the running {@link #pause}. */
  synchronized void wake() {
    awake = true;
    notifyAll();
  }

  /** Waits to be woken, at most so long. */
  synchronized void pause(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    try {
      while (!awake) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      awake = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "Archiving was interrupted.", e);
    }
  }

  /** Asks for an end: what was written by now is stored if that takes no longer than the drain. */
  synchronized void stop(Duration drain) {
    if (!stopping) {
      stopping = true;
      deadline = System.nanoTime() + drain.toNanos();
    }
    wake();
  }

  /** Ends it after this time, whatever is left. */
  synchronized void limit(Duration atMost) {
    limited = true;
    deadline = System.nanoTime() + atMost.toNanos();
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  /** Whether there is no time left. */
  synchronized boolean isOver() {
    return (stopping || limited) && System.nanoTime() - deadline >= 0;
  }

  /** Asks that all that the server has on its disk by now is stored at once. */
  synchronized void askFlush() {
    flushesAsked++;
    wake();
  }

  /** Whether somebody asked for a flush since this was last called. */
  synchronized boolean takeFlush() {
    boolean asked = flushesAsked > flushesBegun;
    flushesBegun = flushesAsked;
    return asked;
  }
}
