package dev.pgbackup.e2e.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * The schema of a definition, as far as an API server applies it without looking into the cluster:
 * unknown fields (which {@code kubectl} refuses), types, what is required, enumerations, patterns,
 * limits. Rules in CEL are left to the API server.
 */
record StructuralSchema(JsonNode schema) {

  /** What is wrong with a value, each with its place; nothing if it fits. */
  List<String> complaints(JsonNode value) {
    List<String> found = new ArrayList<>();
    check("", schema, value, found);
    return found;
  }

  private static void check(String place, JsonNode schema, JsonNode value, List<String> found) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      if (!value.isTextual() && !value.isIntegralNumber()) {
        found.add(place + " is neither a number nor a text");
      }
      return;
    }
    if (!isOfType(schema.path("type").asText(), value)) {
      found.add(place + " is no " + schema.path("type").asText());
      return;
    }
    if (value.isObject()) {
      checkObject(place, schema, value, found);
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(place + "[" + i + "]", schema.path("items"), value.get(i), found);
      }
    } else {
      checkScalar(place, schema, value, found);
    }
  }

  private static boolean isOfType(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> true;
    };
  }

  private static void checkObject(
      String place, JsonNode schema, JsonNode value, List<String> found) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.asText())) {
        found.add(place + "." + name.asText() + " is missing");
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String at = place + "." + field.getKey();
      JsonNode known = schema.path("properties").path(field.getKey());
      if (!known.isMissingNode()) {
        check(at, known, field.getValue(), found);
      } else if (schema.has("additionalProperties")) {
        check(at, schema.path("additionalProperties"), field.getValue(), found);
      } else if (schema.has("properties")
          && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
        found.add(at + " is not known");
      }
    }
  }

  private static void checkScalar(
      String place, JsonNode schema, JsonNode value, List<String> found) {
    String text = value.asText();
    if (schema.has("enum")
        && StreamSupport.stream(schema.path("enum").spliterator(), false)
            .noneMatch(value::equals)) {
      found.add(place + " is " + text + ", and not one of " + schema.path("enum"));
    }
    if (schema.has("pattern")
        && !Pattern.compile(schema.path("pattern").asText()).matcher(text).find()) {
      found.add(place + " is " + text + ", which does not match " + schema.path("pattern"));
    }
    if (text.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)
        || text.length() < schema.path("minLength").asInt(0)) {
      found.add(place + " has a length that is not allowed");
    }
    if (value.isNumber()
        && (value.asDouble() < schema.path("minimum").asDouble(-Double.MAX_VALUE)
            || value.asDouble() > schema.path("maximum").asDouble(Double.MAX_VALUE))) {
      found.add(place + " is " + text + ", which is out of range");
    }
  }
}
