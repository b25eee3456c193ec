package dev.pgbackup.agent.log;

import dev.pgbackup.contract.config.LogConfig;
import java.io.PrintStream;
import org.slf4j.event.Level;

/** What is logged, how and where; can be changed at any time. */
public final class LogSettings {

  private static final String OURS = "dev.pgbackup.";

  private static volatile LogSettings current =
      new LogSettings(Level.WARN, new TextLines(), System.err);

  private final Level level;
  private final LineFormat format;
  private final PrintStream out;

  private LogSettings(Level level, LineFormat format, PrintStream out) {
    this.level = level;
    this.format = format;
    this.out = out;
  }

  static LogSettings current() {
    return current;
  }

  /** Logs as configured. */
  public static void use(LogConfig config, PrintStream out) {
    current =
        new LogSettings(
            switch (config.level()) {
              case ERROR -> Level.ERROR;
              case WARN -> Level.WARN;
              case INFO -> Level.INFO;
              case DEBUG -> Level.DEBUG;
            },
            switch (config.format()) {
              case TEXT -> new TextLines();
              case JSON -> new JsonLines();
            },
            out);
  }

  /** Libraries are quieter than we are by a level, and never above warnings. */
  boolean isEnabled(String logger, Level asked) {
    if (logger.startsWith(OURS)) {
      return asked.toInt() >= level.toInt();
    }
    return asked.toInt() >= Math.max(level.toInt(), Level.WARN.toInt());
  }

  void write(LogEvent event) {
    String line = format.line(event);
    synchronized (out) {
      out.print(line);
      out.flush();
    }
  }
}
