package dev.pgbackup.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files of the repository, and what is in them. */
final class Shipped {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Shipped() {}

  static Path path(String name) {
    return ROOT.resolve(name);
  }

  /** A path as one writes it from the root of the repository. */
  static String name(Path path) {
    return ROOT.relativize(path.toAbsolutePath().normalize()).toString();
  }

  static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files under a folder whose names match. */
  static List<Path> files(String folder, String pattern) {
    try (Stream<Path> all = Files.walk(path(folder))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().matches(pattern))
          .filter(file -> !name(file).contains("target/"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The documents of a YAML text, empty ones left out. */
  static List<JsonNode> documents(String yaml) {
    try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      return values.readAll().stream()
          .filter(document -> document != null && !document.isNull())
          .filter(document -> !(document instanceof MissingNode))
          .toList();
    } catch (IOException e) {
      throw new IllegalArgumentException("not YAML: " + yaml, e);
    }
  }

  static List<JsonNode> documents(Path file) {
    return documents(text(file));
  }
}
