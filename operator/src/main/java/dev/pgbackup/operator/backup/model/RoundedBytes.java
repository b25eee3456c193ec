package dev.pgbackup.operator.backup.model;

import java.util.Locale;

/** Sizes for people: {@code 1.5Gi}. */
final class RoundedBytes {

  private static final String[] UNITS = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};

  private RoundedBytes() {}

  static String of(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 || value >= 10
        ? Math.round(value) + UNITS[unit]
        : String.format(Locale.ROOT, "%.1f%s", value, UNITS[unit]);
  }
}
