package dev.pgbackup.engine.backup;

import java.util.List;
import java.util.stream.Collectors;

/** Literals for statements that take no parameters, as COPY does. */
final class SqlText {

  private SqlText() {}

  /** A text, whatever is in it and whatever {@code standard_conforming_strings} says. */
  static String literal(String text) {
    return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  static String texts(List<String> values) {
    return values.stream().map(SqlText::literal).collect(Collectors.joining(",", "ARRAY[", "]"))
        + "::text[]";
  }

  static String longs(List<Long> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(",", "ARRAY[", "]"))
        + "::bigint[]";
  }
}
