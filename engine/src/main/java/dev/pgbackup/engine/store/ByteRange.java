package dev.pgbackup.engine.store;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;

/**
 * A part of an object. Apart from {@link #ALL} it must lie within the object, or reading it fails:
 * whoever asks for a range knows the size from a manifest, so an object that is shorter is a
 * damaged one.
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

  /** The failure of asking for this range of an object that does not hold it. */
  public EngineException outside(String key, long size) {
    return new EngineException(
        Reason.ArchiveDamaged,
        "object " + key + " has " + size + " bytes, which do not hold the range " + this);
  }

  @Override
  public String toString() {
    return isToEnd() ? offset + "-" : offset + "-" + (offset + length - 1);
  }
}
