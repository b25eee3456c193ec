package dev.pgbackup.deploy.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The conditions of an object. */
final class Conditions {

  private Conditions() {}

  static Optional<JsonNode> find(JsonNode object, String type) {
    return StreamSupport.stream(object.at("/status/conditions").spliterator(), false)
        .filter(condition -> condition.path("type").asText().equals(type))
        .findFirst();
  }

  static boolean isTrue(JsonNode object, String type) {
    return find(object, type).filter(c -> c.path("status").asText().equals("True")).isPresent();
  }
}
