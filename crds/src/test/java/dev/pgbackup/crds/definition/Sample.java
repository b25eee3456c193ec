package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * An object in which every field of a schema is there, with a value that is not its default. It
 * heeds types and enums, not the rules: both sides of a union are there.
 */
final class Sample {

  static final String TIME = "2026-11-22T14:03:07.123456Z";

  private int number = 1;

  private Sample() {}

  static ObjectNode of(JsonNode schema) {
    return (ObjectNode) new Sample().value("", schema);
  }

  private JsonNode value(String name, JsonNode schema) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      return TextNode.valueOf("500m");
    }
    return switch (schema.path("type").asText()) {
      case "object" -> object(schema);
      case "array" -> {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        yield list.add(value(name, schema.path("items")));
      }
      case "boolean" -> BooleanNode.valueOf(!schema.path("default").asBoolean());
      case "integer" -> IntNode.valueOf(++number);
      case "string" -> text(name, schema);
      default -> throw new IllegalArgumentException(name + ": " + schema.path("type"));
    };
  }

  private JsonNode object(JsonNode schema) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    schema
        .path("properties")
        .properties()
        .forEach(entry -> object.set(entry.getKey(), value(entry.getKey(), entry.getValue())));
    if (schema.path("additionalProperties").isObject()) {
      object.set("key", value("key", schema.path("additionalProperties")));
    }
    return object;
  }

  private JsonNode text(String name, JsonNode schema) {
    if (schema.path("format").asText().equals("date-time")) {
      return TextNode.valueOf(TIME);
    }
    JsonNode words = schema.path("enum");
    return words.isEmpty() ? TextNode.valueOf(name + ++number) : words.get(words.size() - 1);
  }
}
