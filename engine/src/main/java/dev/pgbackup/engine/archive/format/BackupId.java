package dev.pgbackup.engine.archive.format;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The name of a base backup: when it began (UTC) and four random hexadecimal digits, {@code
 * 20261122T140307Z-3fa9}. Ids sort by that time.
 */
public record BackupId(String value) implements Comparable<BackupId> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public BackupId {
    if (!isBackupId(value)) {
      throw new IllegalArgumentException(
          "\"" + value + "\" is not a backup id: expected one as in 20261122T140307Z-3fa9");
    }
  }

  /**
   * @param random its lowest 16 bits are used
   */
  public static BackupId of(Instant begun, int random) {
    return new BackupId(TIME.format(begun) + String.format("-%04x", random & 0xFFFF));
  }

  public static boolean isBackupId(String text) {
    return text.matches("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}");
  }

  @Override
  public int compareTo(BackupId other) {
    return value.compareTo(other.value);
  }

  @JsonValue
  @Override
  public String toString() {
    return value;
  }
}
