package dev.pgbackup.agent.output;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Quantities as people read them. */
public final class Words {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Words() {}

  /** Three digits at most: {@code 1.5 GiB}. */
  public static String bytes(long bytes) {
    double number = bytes;
    int unit = 0;
    while (number >= 1023.5 && unit < UNITS.length - 1) {
      number /= 1024;
      unit++;
    }
    String digits =
        unit == 0 || number >= 99.95
            ? String.format(Locale.ROOT, "%.0f", number)
            : String.format(Locale.ROOT, number >= 9.995 ? "%.1f" : "%.2f", number);
    return digits + " " + UNITS[unit];
  }

  /** To the second, UTC. */
  public static String time(@Nullable Instant time) {
    return time == null ? "" : TIME.format(time);
  }

  /** The two biggest units: {@code 2d 3h}. */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds >= 86_400) {
      return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
    } else if (seconds >= 3600) {
      return seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
    } else if (seconds >= 60) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    return seconds + "s";
  }

  /** A number with its noun. */
  public static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
