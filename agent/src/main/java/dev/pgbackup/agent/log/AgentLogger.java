package dev.pgbackup.agent.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes events to where {@link LogSettings} says. */
final class AgentLogger extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;

  AgentLogger(String name) {
    this.name = name;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    LogSettings.current()
        .write(
            new LogEvent(
                Instant.now(),
                level,
                getName(),
                Thread.currentThread().getName(),
                String.valueOf(MessageFormatter.basicArrayFormat(message, arguments)),
                failure));
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  public boolean isTraceEnabled() {
    return LogSettings.current().isEnabled(getName(), Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return LogSettings.current().isEnabled(getName(), Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return LogSettings.current().isEnabled(getName(), Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return LogSettings.current().isEnabled(getName(), Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return LogSettings.current().isEnabled(getName(), Level.ERROR);
  }
}
