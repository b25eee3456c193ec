package dev.pgbackup.engine.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The number that initdb gives a cluster, and that all its copies keep.
 *
 * @param value unsigned 64 bit
 */
public record SystemIdentifier(long value) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SystemIdentifier parse(String text) {
    if (!text.matches("[0-9]{1,20}")) {
      throw new IllegalArgumentException("\"" + text + "\" is not a system identifier");
    }
    return new SystemIdentifier(Long.parseUnsignedLong(text));
  }

  @JsonValue
  @Override
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
