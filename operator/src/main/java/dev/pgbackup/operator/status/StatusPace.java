package dev.pgbackup.operator.status;

import dev.pgbackup.operator.OperatorSettings;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often a status is written: at once when it means something else, else only now and then;
 * exact numbers are metrics.
 */
@Singleton
public final class StatusPace {

  private final Map<String, Instant> written = new ConcurrentHashMap<>();
  private final Clock clock;
  private final Duration interval;

  public StatusPace(Clock clock, OperatorSettings settings) {
    this.clock = clock;
    this.interval = settings.polling().statusInterval();
  }

  /** Whether a status may be written now; if so, that is remembered. */
  public boolean admits(String uid, boolean meansSomethingElse) {
    Instant now = clock.instant();
    Instant last = written.get(uid);
    if (!meansSomethingElse && last != null && now.isBefore(last.plus(interval))) {
      return false;
    }
    written.put(uid, now);
    return true;
  }

  public void forget(String uid) {
    written.remove(uid);
  }
}
