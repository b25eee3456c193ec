package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the time of a target. The offset must be there: a time without one means something else on
 * every host.
 */
final class TargetTime {

  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})[T ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?) ?"
              + "(Z|UTC|[+-]\\d{2}(?::?\\d{2})?)");

  private TargetTime() {}

  static Instant parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text, null);
    }
    String zone = matcher.group(3);
    try {
      ZoneOffset offset = zone.equals("UTC") ? ZoneOffset.UTC : ZoneOffset.of(zone);
      return LocalDateTime.parse(matcher.group(1) + "T" + matcher.group(2)).toInstant(offset);
    } catch (DateTimeException e) {
      throw invalid(text, e);
    }
  }

  private static EngineException invalid(
      String text, @org.jspecify.annotations.Nullable Exception cause) {
    return new EngineException(
        Reason.InvalidArgument,
        "\""
            + text
            + "\" is not a time that can be a target. Write date, time (up to microseconds) and the offset from"
            + " UTC: 2026-11-22T14:03:07.123456Z or \"2026-11-22 15:03:07+01:00\".",
        cause);
  }
}
