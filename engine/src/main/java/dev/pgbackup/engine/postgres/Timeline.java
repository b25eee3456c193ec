package dev.pgbackup.engine.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The number of a timeline: a line of history that a promotion begins.
 *
 * @param number at least 1
 */
public record Timeline(int number) implements Comparable<Timeline> {

  public static final Timeline FIRST = new Timeline(1);

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Timeline {
    if (number < 1) {
      throw new IllegalArgumentException("a timeline is at least 1, not " + number);
    }
  }

  /** Reads eight hexadecimal digits, as they stand in file names. */
  public static Timeline parseHex(String text) {
    if (!text.matches("[0-9A-F]{8}")) {
      throw new IllegalArgumentException("\"" + text + "\" is not a timeline of eight digits");
    }
    return new Timeline(Integer.parseInt(text, 16));
  }

  /** Eight hexadecimal digits, as they stand in file names. */
  public String toHex() {
    return String.format("%08X", number);
  }

  public String historyFileName() {
    return toHex() + ".history";
  }

  @Override
  public int compareTo(Timeline other) {
    return Integer.compare(number, other.number);
  }

  @JsonValue
  public int toJson() {
    return number;
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
