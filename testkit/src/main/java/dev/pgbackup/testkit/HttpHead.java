package dev.pgbackup.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The first lines of an HTTP message.
 *
 * @param lines as they came, each with its end, the last one empty
 * @param fields by lower-case name
 */
record HttpHead(List<String> lines, Map<String, String> fields) {

  private static final int LONGEST_LINE = 64 * 1024;

  /** The next message's head; empty if there is none. */
  static Optional<HttpHead> read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    Map<String, String> fields = new TreeMap<>();
    while (true) {
      String line = new String(line(in), StandardCharsets.ISO_8859_1);
      if (line.isEmpty() && lines.isEmpty()) {
        return Optional.empty();
      }
      lines.add(line);
      if (line.isBlank()) {
        return Optional.of(new HttpHead(lines, fields));
      }
      if (lines.size() > 1) {
        fields.put(name(line), line.substring(line.indexOf(':') + 1).strip());
      }
    }
  }

  private static String name(String line) {
    return line.substring(0, Math.max(0, line.indexOf(':'))).strip().toLowerCase(Locale.ROOT);
  }

  /** The next line with its end; empty at the end of the stream. */
  static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int value;
    do {
      value = in.read();
      if (value < 0) {
        if (line.size() == 0) {
          return new byte[0];
        }
        throw new EOFException();
      }
      line.write(value);
    } while (value != '\n' && line.size() <= LONGEST_LINE);
    return line.toByteArray();
  }

  String method() {
    return word(0);
  }

  String target() {
    return word(1);
  }

  String status() {
    return word(1);
  }

  private String word(int index) {
    return lines.get(0).strip().split(" ", 3)[index];
  }

  boolean isChunked() {
    return fields.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
  }

  Optional<Long> length() {
    return Optional.ofNullable(fields.get("content-length")).map(Long::valueOf);
  }

  byte[] bytes() {
    return without(Set.of());
  }

  /** The head as bytes, but for some of its fields. */
  byte[] without(Set<String> names) {
    StringBuilder rest = new StringBuilder(lines.get(0));
    lines.stream().skip(1).filter(line -> !names.contains(name(line))).forEach(rest::append);
    return rest.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
