package dev.pgbackup.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Files of the repository, and what is in them. */
public final class Shipped {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Shipped() {}

  public static Path path(String name) {
    return ROOT.resolve(name);
  }

  /** A path as one writes it from the root of the repository. */
  public static String name(Path path) {
    return ROOT.relativize(path.toAbsolutePath().normalize()).toString();
  }

  public static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files under a folder whose names match. */
  public static List<Path> files(String folder, String pattern) {
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

  /** The documents of a YAML text, aliases resolved, empty ones left out. */
  public static List<JsonNode> documents(String yaml) {
    return StreamSupport.stream(
            new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml).spliterator(), false)
        .filter(Objects::nonNull)
        .map(document -> JSON.<JsonNode>valueToTree(document))
        .toList();
  }

  public static List<JsonNode> documents(Path file) {
    return documents(text(file));
  }
}
