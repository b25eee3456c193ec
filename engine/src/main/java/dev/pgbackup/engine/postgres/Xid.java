package dev.pgbackup.engine.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A transaction id with its epoch (PostgreSQL's {@code xid8}, what {@code txid_current()} prints).
 *
 * @param value epoch in the upper, the 32-bit id in the lower half
 */
public record Xid(long value) implements Comparable<Xid> {

  /** Ids below are not of ordinary transactions (bootstrap, frozen). */
  public static final long FIRST_NORMAL = 3;

  /**
   * Reads a decimal number.
   *
   * @throws IllegalArgumentException if it is none, or none of an ordinary transaction
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Xid parse(String text) {
    try {
      Xid xid = new Xid(Long.parseUnsignedLong(text));
      if (xid.low() >= FIRST_NORMAL) {
        return xid;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is not a transaction id: expected a number from 3 on");
  }

  /**
   * The full id of {@code low}, given that it was assigned before {@code next} and less than 2^31
   * transactions earlier.
   *
   * @param next the next id to be assigned at that time
   */
  public static Xid widen(int low, Xid next) {
    long candidate = (next.value & ~0xFFFFFFFFL) | Integer.toUnsignedLong(low);
    return new Xid(
        Long.compareUnsigned(candidate, next.value) > 0 ? candidate - (1L << 32) : candidate);
  }

  public int epoch() {
    return (int) (value >>> 32);
  }

  /** The 32 bits that stand in WAL records, unsigned. */
  public long low() {
    return value & 0xFFFFFFFFL;
  }

  @Override
  public int compareTo(Xid other) {
    return Long.compareUnsigned(value, other.value);
  }

  @JsonValue
  @Override
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
