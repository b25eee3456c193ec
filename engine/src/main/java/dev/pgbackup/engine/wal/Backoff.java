package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Duration;

/** How long to wait before the next try to archive. */
final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LAST = Duration.ofSeconds(15);
  private static final Duration FOR_A_PERSON = Duration.ofSeconds(30);

  private int failures;

  void succeeded() {
    failures = 0;
  }

  Duration after(EngineException failure) {
    if (failure.reason() == Reason.SlotLost && failures == 0) {
      failures++;
      return Duration.ZERO;
    }
    boolean passing = failure.isTransient() || failure.reason() == Reason.WrongServer;
    Duration delay = FIRST.multipliedBy(1L << Math.min(failures, 10));
    failures++;
    Duration most = passing ? LAST : FOR_A_PERSON;
    return delay.compareTo(most) < 0 ? delay : most;
  }
}
