package dev.pgbackup.contract.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as configurations write it: {@code 500ms}, {@code 5s}, {@code 90m}, {@code
 * 1h30m}, {@code 14d}, {@code 2w}. A day has 24 hours.
 *
 * @param duration whole milliseconds, not negative
 */
public record Span(Duration duration) {

  private static final Pattern TEXT =
      Pattern.compile("(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
  private static final long[] MILLIS = {604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1};
  private static final String[] UNITS = {"w", "d", "h", "m", "s", "ms"};

  public Span {
    if (duration.isNegative() || duration.toNanosPart() % 1_000_000 != 0) {
      throw new IllegalArgumentException(
          "a duration is not negative, and in whole milliseconds: " + duration);
    }
  }

  /**
   * Reads a number with its unit, or several of them, the bigger ones first.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Span parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!text.isEmpty() && matcher.matches()) {
      try {
        long millis = 0;
        for (int i = 0; i < UNITS.length; i++) {
          String number = matcher.group(i + 1);
          if (number != null) {
            millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(number), MILLIS[i]));
          }
        }
        return new Span(Duration.ofMillis(millis));
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException("\"" + text + "\" is too long a time", e);
      }
    }
    throw new IllegalArgumentException(
        "\""
            + text
            + "\" is not a duration: expected a number with its unit (ms, s, m, h, d, w), as in 5s, 1h30m or 14d");
  }

  /** The shortest way to write it that {@link #parse} reads; weeks are written as days. */
  @JsonValue
  @Override
  public String toString() {
    long rest = duration.toMillis();
    if (rest == 0) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < UNITS.length; i++) {
      if (rest >= MILLIS[i]) {
        text.append(rest / MILLIS[i]).append(UNITS[i]);
        rest %= MILLIS[i];
      }
    }
    return text.toString();
  }
}
