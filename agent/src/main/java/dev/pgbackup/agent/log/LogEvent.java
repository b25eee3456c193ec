package dev.pgbackup.agent.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Something that happened. */
record LogEvent(
    Instant time,
    Level level,
    String logger,
    String thread,
    String message,
    @Nullable Throwable failure) {

  /** The logger's name without its package. */
  String shortLogger() {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }
}
