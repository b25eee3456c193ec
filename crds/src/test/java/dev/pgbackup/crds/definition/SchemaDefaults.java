package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Fills in defaults as the API server does: from the outside in, where a field is absent. */
final class SchemaDefaults {

  private SchemaDefaults() {}

  static void fillIn(JsonNode value, JsonNode schema) {
    if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(
              entry -> {
                JsonNode byDefault = entry.getValue().path("default");
                if (!object.has(entry.getKey()) && !byDefault.isMissingNode()) {
                  object.set(entry.getKey(), byDefault.deepCopy());
                }
                if (object.has(entry.getKey())) {
                  fillIn(object.path(entry.getKey()), entry.getValue());
                }
              });
    } else {
      value.forEach(element -> fillIn(element, schema.path("items")));
    }
  }
}
