package dev.pgbackup.engine.archive.format;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one archive under a prefix: {@code 7312345678901234567-1}.
 *
 * @param system the cluster whose archive it is
 * @param lineage from 1; a new one is begun when the history of the old one cannot be continued
 */
public record ArchiveId(SystemIdentifier system, int lineage) implements Comparable<ArchiveId> {

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,20})-([1-9][0-9]{0,5})");

  public ArchiveId {
    if (lineage < 1) {
      throw new IllegalArgumentException("a lineage is at least 1, not " + lineage);
    }
  }

  /**
   * Reads {@code <system identifier>-<lineage>}.
   *
   * @throws IllegalArgumentException if the text is not exactly that
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ArchiveId parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an archive id: expected <system identifier>-<lineage>");
    }
    return new ArchiveId(
        SystemIdentifier.parse(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  public static boolean isArchiveId(String text) {
    return TEXT.matcher(text).matches();
  }

  @Override
  public int compareTo(ArchiveId other) {
    int bySystem = Long.compareUnsigned(system.value(), other.system.value());
    return bySystem != 0 ? bySystem : Integer.compare(lineage, other.lineage);
  }

  @JsonValue
  @Override
  public String toString() {
    return system + "-" + lineage;
  }
}
