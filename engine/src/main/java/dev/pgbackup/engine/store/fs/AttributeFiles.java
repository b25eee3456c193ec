package dev.pgbackup.engine.store.fs;

import dev.pgbackup.engine.store.ObjectAttributes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The attributes of objects, each object's in a file of its own beside the objects.
 *
 * <p>Such a file is written before the object it speaks of is published, and tells by ETag which
 * version it means. While an object is replaced it speaks of both, the new one first, so that a
 * crash between the two writes leaves either version with its own attributes. An object that was
 * copied here by other means has another ETag than the file says; it gets the newest attributes.
 */
final class AttributeFiles {

  private static final String VERSION = "etag ";

  private final Path folder;
  private final DurableFiles files;

  AttributeFiles(Path folder, DurableFiles files) {
    this.folder = folder;
    this.files = files;
  }

  ObjectAttributes read(String key, String etag) throws IOException {
    Map<String, ObjectAttributes> versions = versions(key);
    return Optional.ofNullable(versions.get(etag))
        .or(() -> versions.values().stream().findFirst())
        .orElse(ObjectAttributes.NONE);
  }

  void write(String key, String etag, ObjectAttributes attributes, Optional<String> replacedEtag)
      throws IOException {
    StringBuilder text = new StringBuilder();
    append(text, etag, attributes);
    if (replacedEtag.isPresent()) {
      append(text, replacedEtag.get(), read(key, replacedEtag.get()));
    }
    files.write(folder.resolve(key), text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  void delete(String key) throws IOException {
    files.deleteWithEmptyFolders(folder.resolve(key), folder);
  }

  private Map<String, ObjectAttributes> versions(String key) throws IOException {
    String text;
    try {
      text = Files.readString(folder.resolve(key), StandardCharsets.US_ASCII);
    } catch (NoSuchFileException none) {
      return Map.of();
    }
    Map<String, ObjectAttributes> versions = new LinkedHashMap<>();
    String etag = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith(VERSION)) {
        etag = line.substring(VERSION.length());
        versions.put(etag, ObjectAttributes.NONE);
      } else {
        int equals = line.indexOf('=');
        versions.computeIfPresent(
            etag,
            (any, known) -> known.with(line.substring(0, equals), line.substring(equals + 1)));
      }
    }
    return versions;
  }

  private static void append(StringBuilder text, String etag, ObjectAttributes attributes) {
    text.append(VERSION).append(etag).append('\n');
    new TreeMap<>(attributes.values())
        .forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
  }
}
