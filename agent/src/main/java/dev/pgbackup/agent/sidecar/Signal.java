package dev.pgbackup.agent.sidecar;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a thread that waits; given while nobody waits, it ends the next wait. */
final class Signal {

  private final Semaphore given = new Semaphore(0);

  void give() {
    given.release();
  }

  /** Waits for the signal, at most so long; whether it was given. */
  boolean await(Duration atMost) {
    try {
      boolean came = given.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (came) {
        given.drainPermits();
      }
      return came;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
