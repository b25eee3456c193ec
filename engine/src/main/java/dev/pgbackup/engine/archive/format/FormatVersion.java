package dev.pgbackup.engine.archive.format;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;

/**
 * The version of the archive format. A reader accepts any minor version of its own major one and
 * ignores fields that it does not know; a higher major version is refused.
 */
public record FormatVersion(int major, int minor) {

  public static final FormatVersion CURRENT = new FormatVersion(1, 0);

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static FormatVersion parse(String text) {
    String[] parts = text.split("\\.", -1);
    try {
      if (parts.length == 2) {
        return new FormatVersion(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("\"" + text + "\" is not a format version");
  }

  /**
   * @throws EngineException with {@code UnsupportedArchiveVersion} if this program cannot read it
   */
  public void requireReadable(String what) {
    if (major != CURRENT.major) {
      throw new EngineException(
          Reason.UnsupportedArchiveVersion,
          what
              + " has format version "
              + this
              + "; this program reads "
              + CURRENT.major
              + ".x. Use the version of pgbackup that wrote it, or a newer one.");
    }
  }

  @JsonValue
  @Override
  public String toString() {
    return major + "." + minor;
  }
}
