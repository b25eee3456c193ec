package dev.pgbackup.engine.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in the write-ahead log: a byte offset, unsigned 64 bit, written as PostgreSQL writes a
 * {@code pg_lsn}: two hexadecimal halves, {@code 0/9A000060}.
 *
 * @param value bytes from the beginning of the log, unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {

  /** The position that PostgreSQL calls invalid, {@code 0/0}. */
  public static final Lsn ZERO = new Lsn(0);

  private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

  /**
   * Reads {@code X/Y}.
   *
   * @throws IllegalArgumentException if the text is not exactly that
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Lsn parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an LSN: expected two hexadecimal numbers as in 0/9A000060");
    }
    return new Lsn(
        (Long.parseLong(matcher.group(1), 16) << 32) | Long.parseLong(matcher.group(2), 16));
  }

  public Lsn plus(long bytes) {
    return new Lsn(value + bytes);
  }

  /** Bytes from {@code other} to this position; negative if this one lies before it. */
  public long minus(Lsn other) {
    return value - other.value;
  }

  public boolean isBefore(Lsn other) {
    return compareTo(other) < 0;
  }

  public boolean isAfter(Lsn other) {
    return compareTo(other) > 0;
  }

  public static Lsn min(Lsn a, Lsn b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  public static Lsn max(Lsn a, Lsn b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @JsonValue
  @Override
  public String toString() {
    return String.format("%X/%X", value >>> 32, value & 0xFFFFFFFFL);
  }

  /** Sixteen hexadecimal digits: names made of it sort as the positions do. */
  public String toSortableString() {
    return String.format("%016X", value);
  }

  /**
   * The inverse of {@link #toSortableString()}.
   *
   * @throws IllegalArgumentException if the text is not sixteen hexadecimal digits
   */
  public static Lsn parseSortable(String text) {
    if (!text.matches("[0-9A-F]{16}")) {
      throw new IllegalArgumentException("\"" + text + "\" is not an LSN of sixteen digits");
    }
    return new Lsn(Long.parseUnsignedLong(text, 16));
  }
}
