package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.ObjectAttributes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What answers of a store say about objects, in our words. */
final class S3Objects {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern VALUE = Pattern.compile("[ -~]{0,256}");

  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");

  private S3Objects() {}

  /** The bare value: stores differ in whether they quote it. Empty if there is none. */
  static String etag(@Nullable String header) {
    if (header == null) {
      return "";
    }
    String bare = header.startsWith("W/") ? header.substring(2) : header;
    return bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"")
        ? bare.substring(1, bare.length() - 1)
        : bare;
  }

  /** The size of the whole object, of {@code bytes 2-4/10}; -1 if it is not said. */
  static long sizeOf(@Nullable String contentRange) {
    if (contentRange == null) {
      return -1;
    }
    String size = contentRange.substring(contentRange.indexOf('/') + 1);
    return SIZE.matcher(size).matches() ? Long.parseLong(size) : -1;
  }

  /** What of an object's metadata can be ours: others may have added theirs. */
  static ObjectAttributes attributes(Map<String, String> metadata) {
    Map<String, String> ours = new HashMap<>();
    metadata.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (NAME.matcher(lower).matches() && VALUE.matcher(value).matches()) {
            ours.put(lower, value);
          }
        });
    return new ObjectAttributes(ours);
  }
}
