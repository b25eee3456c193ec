package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.util.function.BooleanSupplier;

/** Waits by looking again and again. */
final class Waiting {

  private Waiting() {}

  static void until(long everyMillis, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      try {
        Thread.sleep(everyMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EngineException(Reason.Interrupted, "The replay was interrupted.", e);
      }
    }
  }
}
