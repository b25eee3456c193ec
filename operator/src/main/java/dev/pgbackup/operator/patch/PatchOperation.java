package dev.pgbackup.operator.patch;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a JSON patch (RFC 6902).
 *
 * @param path a JSON pointer (RFC 6901)
 * @param value absent for {@code remove}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PatchOperation(String op, String path, @Nullable Object value) {

  /** Fails the whole patch unless the value is this. */
  public static PatchOperation test(String path, Object value) {
    return new PatchOperation("test", path, value);
  }

  /** Adds a value, or puts it in the place of the one that is there. */
  public static PatchOperation add(String path, Object value) {
    return new PatchOperation("add", path, value);
  }

  public static PatchOperation remove(String path) {
    return new PatchOperation("remove", path, null);
  }

  /** A key as a part of a path. */
  public static String key(String text) {
    return text.replace("~", "~0").replace("/", "~1");
  }
}
