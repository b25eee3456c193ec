package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a failure to the log when it is a new one, and now and then while it lasts. */
final class FailureLog {

  private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);
  private static final Duration REMINDER = Duration.ofMinutes(10);

  private String last = "";
  private long lastAt;

  void report(EngineException failure) {
    String message = String.valueOf(failure.getMessage());
    long now = System.nanoTime();
    if (message.equals(last) && now - lastAt < REMINDER.toNanos()) {
      LOG.debug("Again: {}", message);
      return;
    }
    last = message;
    lastAt = now;
    LOG.warn("{} The agent tries again by itself.", message);
  }
}
