package dev.pgbackup.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;

/**
 * Whether an object already is what is desired: everything that is said is there, whatever else the
 * API server and others have added.
 */
final class Difference {

  private Difference() {}

  static boolean contains(JsonNode actual, JsonNode desired) {
    if (desired.isObject()) {
      return actual.isObject() && fieldsContained(actual, desired);
    }
    if (desired.isArray()) {
      return actual.isArray() && elementsContained(actual, desired);
    }
    return desired.isNull() ? isAbsent(actual) : actual.asText().equals(desired.asText());
  }

  private static boolean fieldsContained(JsonNode actual, JsonNode desired) {
    Iterator<Map.Entry<String, JsonNode>> fields = desired.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      JsonNode value = actual.path(field.getKey());
      boolean saysNothing = field.getValue().isContainerNode() && field.getValue().isEmpty();
      if (!(saysNothing && isAbsent(value)) && !contains(value, field.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean elementsContained(JsonNode actual, JsonNode desired) {
    if (actual.size() != desired.size()) {
      return false;
    }
    for (int i = 0; i < desired.size(); i++) {
      if (!contains(actual.get(i), desired.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
