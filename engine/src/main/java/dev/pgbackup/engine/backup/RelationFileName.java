package dev.pgbackup.engine.backup;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file that holds a piece of a relation: {@code 16384}, {@code 16384_fsm.1}, {@code
 * t3_16390}.
 *
 * @param temporary whether the relation belongs to one session
 * @param relation its file number
 * @param segment which GiB of the fork, from 0
 */
record RelationFileName(boolean temporary, long relation, Fork fork, int segment) {

  /** Pages in a file that is full. */
  static final int PAGES_PER_SEGMENT = 131_072;

  private static final Pattern NAME =
      Pattern.compile("(t[0-9]+_)?([0-9]{1,10})(_fsm|_vm|_init)?(?:\\.([0-9]{1,6}))?");

  /** Which of a relation's files. */
  enum Fork {
    Main,
    FreeSpace,
    Visibility,
    Init;

    private static Fork of(@Nullable String suffix) {
      if (suffix == null) {
        return Main;
      }
      return switch (suffix) {
        case "_fsm" -> FreeSpace;
        case "_vm" -> Visibility;
        default -> Init;
      };
    }
  }

  static Optional<RelationFileName> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String segment = matcher.group(4);
    return Optional.of(
        new RelationFileName(
            matcher.group(1) != null,
            Long.parseLong(matcher.group(2)),
            Fork.of(matcher.group(3)),
            segment == null ? 0 : Integer.parseInt(segment)));
  }

  /** The number of the file's first page in its fork. */
  long firstPage() {
    return (long) segment * PAGES_PER_SEGMENT;
  }
}
