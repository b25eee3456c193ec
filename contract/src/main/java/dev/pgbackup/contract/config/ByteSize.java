package dev.pgbackup.contract.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as Kubernetes writes quantities: {@code 4Gi}, {@code 512Mi}, {@code 100M},
 * {@code 65536}. Units with an {@code i} are powers of 1024, those without of 1000.
 *
 * @param bytes not negative
 */
public record ByteSize(long bytes) {

  private static final Pattern TEXT = Pattern.compile("(\\d+)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?");

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
  }

  /**
   * Reads a whole number with or without a unit.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ByteSize parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a size: expected a whole number of bytes with or without a unit"
              + " (Ki, Mi, Gi, Ti, k, M, G, T), as in 4Gi or 512Mi");
    }
    try {
      return new ByteSize(
          Math.multiplyExact(Long.parseLong(matcher.group(1)), factor(matcher.group(2))));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is too big a size", e);
    }
  }

  private static long factor(@org.jspecify.annotations.Nullable String unit) {
    if (unit == null) {
      return 1;
    }
    long base = unit.endsWith("i") ? 1024 : 1000;
    long factor = base;
    for (int power = "kMGTP".indexOf(Character.toString(unit.charAt(0)).replace('K', 'k'));
        power > 0;
        power--) {
      factor *= base;
    }
    return factor;
  }

  /** In the biggest unit of powers of 1024 that leaves no rest. */
  @JsonValue
  @Override
  public String toString() {
    String[] units = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % 1024 == 0 && unit < units.length - 1) {
      number /= 1024;
      unit++;
    }
    return number + units[unit];
  }
}
