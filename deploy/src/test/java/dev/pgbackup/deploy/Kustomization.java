package dev.pgbackup.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A kustomization that only puts files together. One that changes them is refused: what it makes is
 * for kustomize to say, see {@code OverlaysE2E}.
 */
record Kustomization(Path folder) {

  static Kustomization of(String folder) {
    return new Kustomization(Shipped.path(folder));
  }

  List<JsonNode> objects() {
    JsonNode document = Shipped.documents(file()).get(0);
    TreeSet<String> fields = new TreeSet<>();
    document.fieldNames().forEachRemaining(fields::add);
    fields.removeAll(List.of("apiVersion", "kind", "resources"));
    if (!fields.isEmpty()) {
      throw new IllegalArgumentException(file() + " changes what it takes, by " + fields);
    }
    List<JsonNode> objects = new ArrayList<>();
    for (JsonNode resource : document.path("resources")) {
      Path path = folder.resolve(resource.asText());
      objects.addAll(
          Files.isDirectory(path) ? new Kustomization(path).objects() : Shipped.documents(path));
    }
    return objects;
  }

  private Path file() {
    return Stream.of("kustomization.yaml", "Kustomization")
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kustomization in " + folder));
  }
}
