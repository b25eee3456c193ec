package dev.pgbackup.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Objects that are installed together. */
final class Objects {

  private Objects() {}

  /** By kind, namespace and name; there are no two of the same. */
  static Map<String, JsonNode> byName(List<JsonNode> objects) {
    Map<String, JsonNode> named = new TreeMap<>();
    for (JsonNode object : objects) {
      JsonNode twin = named.put(name(object), object);
      assertThat(twin).as("there is one " + name(object)).isNull();
    }
    return named;
  }

  private static String name(JsonNode object) {
    return Stream.of("/kind", "/metadata/namespace", "/metadata/name")
        .map(place -> object.at(place).asText())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" "));
  }

  static Predicate<JsonNode> isKind(String... kinds) {
    return object -> Set.of(kinds).contains(object.path("kind").asText());
  }
}
