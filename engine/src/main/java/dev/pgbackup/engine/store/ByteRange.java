package dev.pgbackup.engine.store;

/**
 * A part of an object.
 *
 * @param offset bytes from its beginning
 * @param length bytes; {@link Long#MAX_VALUE}: to its end
 */
public record ByteRange(long offset, long length) {

  public static final ByteRange ALL = new ByteRange(0, Long.MAX_VALUE);

  public ByteRange {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("no such range: " + offset + "+" + length);
    }
  }

  public static ByteRange from(long offset) {
    return new ByteRange(offset, Long.MAX_VALUE);
  }

  public boolean isAll() {
    return equals(ALL);
  }

  public boolean isToEnd() {
    return length == Long.MAX_VALUE;
  }
}
