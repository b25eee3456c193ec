package dev.pgbackup.agent.log;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** For people: time, level, who, message. */
final class TextLines implements LineFormat {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @Override
  public String line(LogEvent event) {
    String line =
        TIME.format(event.time())
            + String.format(" %-5s ", event.level())
            + event.shortLogger()
            + ": "
            + event.message()
            + "\n";
    Throwable failure = event.failure();
    return failure == null ? line : line + LineFormat.stackTrace(failure) + "\n";
  }
}
