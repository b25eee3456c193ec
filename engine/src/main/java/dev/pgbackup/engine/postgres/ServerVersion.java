package dev.pgbackup.engine.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A server's version as {@code server_version_num} gives it: 160004 is 16.4.
 *
 * @param number major version times 10000 plus the minor one
 */
public record ServerVersion(int number) implements Comparable<ServerVersion> {

  public static final int OLDEST_MAJOR = 13;
  public static final int NEWEST_MAJOR = 18;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ServerVersion {
    if (number < 100000) {
      throw new IllegalArgumentException(
          "PostgreSQL " + OLDEST_MAJOR + " to " + NEWEST_MAJOR + " is supported, not " + number);
    }
  }

  public int major() {
    return number / 10000;
  }

  public boolean isSupported() {
    return major() >= OLDEST_MAJOR && major() <= NEWEST_MAJOR;
  }

  @Override
  public int compareTo(ServerVersion other) {
    return Integer.compare(number, other.number);
  }

  @JsonValue
  public int toJson() {
    return number;
  }

  @Override
  public String toString() {
    return major() + "." + number % 10000;
  }
}
