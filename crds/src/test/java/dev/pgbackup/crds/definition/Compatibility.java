package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What in a new definition breaks objects, manifests or programs that were right by the old one:
 * whatever was accepted must be accepted still and mean the same, and whatever was there to be read
 * must be there still.
 */
final class Compatibility {

  private static final List<String> UPPER_BOUNDS =
      List.of("maximum", "maxLength", "maxItems", "maxProperties");
  private static final List<String> LOWER_BOUNDS =
      List.of("minimum", "minLength", "minItems", "minProperties");
  private static final List<String> FIXED =
      List.of("pattern", "format", "x-kubernetes-list-type", "x-kubernetes-list-map-keys");
  private static final List<String> LOOSENINGS =
      List.of("nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string");

  private final List<String> breaks = new ArrayList<>();

  private Compatibility() {}

  /** Each break as a sentence that begins with where it is; empty: compatible. */
  static List<String> breaks(JsonNode before, JsonNode after) {
    Compatibility compatibility = new Compatibility();
    compatibility.definitions(before.path("spec"), after.path("spec"));
    return compatibility.breaks;
  }

  private void definitions(JsonNode before, JsonNode after) {
    for (String name : List.of("/group", "/scope", "/names/kind", "/names/plural")) {
      if (!before.at(name).equals(after.at(name))) {
        report(name, "was %s and is %s", before.at(name), after.at(name));
      }
    }
    for (String names : List.of("/names/shortNames", "/names/categories")) {
      lost(before.at(names), after.at(names)).forEach(gone -> report(names, "%s is gone", gone));
    }
    before
        .path("versions")
        .forEach(
            version -> {
              String name = version.path("name").asText();
              JsonNode today = named(after.path("versions"), name);
              if (!today.path("served").asBoolean()) {
                report(name, "is no longer served");
                return;
              }
              if (version.has("subresources") && !today.has("subresources")) {
                report(name, "has no status of its own any more");
              }
              schemas(
                  "", version.at("/schema/openAPIV3Schema"), today.at("/schema/openAPIV3Schema"));
            });
  }

  private void schemas(String path, JsonNode before, JsonNode after) {
    if (!typeIsAccepted(before, after)) {
      report(path, "was of type %s and is of type %s", before.path("type"), after.path("type"));
      return;
    }
    enums(path, before.path("enum"), after.path("enum"));
    bounds(path, before, after);
    for (String keyword : FIXED) {
      if (after.has(keyword) && !after.path(keyword).equals(before.path(keyword))) {
        report(path, "has another %s: %s", keyword, after.path(keyword));
      }
    }
    for (String keyword : LOOSENINGS) {
      if (before.path(keyword).asBoolean() && !after.path(keyword).asBoolean()) {
        report(path, "is no longer %s", keyword);
      }
    }
    defaults(path, before.path("default"), after.path("default"));
    lost(rules(after), rules(before)).forEach(rule -> report(path, "has a new rule: %s", rule));
    properties(path, before, after);
    if (before.has("items")) {
      schemas(path + "[]", before.path("items"), after.path("items"));
    }
    if (before.path("additionalProperties").isObject()) {
      schemas(path + "{}", before.path("additionalProperties"), after.path("additionalProperties"));
    }
  }

  private static boolean typeIsAccepted(JsonNode before, JsonNode after) {
    String type = before.path("type").asText();
    return type.equals(after.path("type").asText())
        || (type.equals("integer") && after.path("type").asText().equals("number"))
        || (Set.of("integer", "string").contains(type)
            && after.path("x-kubernetes-int-or-string").asBoolean());
  }

  private void enums(String path, JsonNode before, JsonNode after) {
    if (!after.isMissingNode() && before.isMissingNode()) {
      report(path, "has become an enum: %s", after);
    } else if (!after.isMissingNode()) {
      lost(before, after).forEach(gone -> report(path, "no longer accepts %s", gone));
    }
  }

  private void bounds(String path, JsonNode before, JsonNode after) {
    BiConsumer<String, Integer> check =
        (keyword, tighter) -> {
          if (after.has(keyword)
              && (!before.has(keyword)
                  || Integer.signum(
                          Double.compare(
                              after.path(keyword).asDouble(), before.path(keyword).asDouble()))
                      == tighter)) {
            report(path, "has a tighter %s: %s", keyword, after.path(keyword));
          }
        };
    UPPER_BOUNDS.forEach(keyword -> check.accept(keyword, -1));
    LOWER_BOUNDS.forEach(keyword -> check.accept(keyword, 1));
  }

  /** What an object's default says may be added to, as fields are. */
  private void defaults(String path, JsonNode before, JsonNode after) {
    if (before.isObject() && after.isObject()) {
      before
          .properties()
          .forEach(
              entry ->
                  defaults(
                      path + "." + entry.getKey(), entry.getValue(), after.path(entry.getKey())));
    } else if (!before.isMissingNode() && !before.equals(after)) {
      report(path, "had the default %s and has %s", before, after);
    }
  }

  private void properties(String path, JsonNode before, JsonNode after) {
    boolean anything = after.path("x-kubernetes-preserve-unknown-fields").asBoolean();
    before
        .path("properties")
        .properties()
        .forEach(
            entry -> {
              JsonNode today = after.path("properties").path(entry.getKey());
              String name = path + "." + entry.getKey();
              if (!today.isMissingNode()) {
                schemas(name, entry.getValue(), today);
              } else if (!anything) {
                report(name, "was removed");
              }
            });
    lost(after.path("required"), before.path("required"))
        .forEach(
            name -> {
              if (!after.path("properties").path(name.asText()).has("default")) {
                report(path + "." + name.asText(), "has become required");
              }
            });
  }

  private static JsonNode rules(JsonNode schema) {
    var rules = Definitions.emptyArray();
    schema.path("x-kubernetes-validations").forEach(rule -> rules.add(rule.path("rule")));
    return rules;
  }

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode element : list) {
      if (element.path("name").asText().equals(name)) {
        return element;
      }
    }
    return list.path(list.size());
  }

  /** The elements of one list that another one lacks. */
  private static Set<JsonNode> lost(JsonNode before, JsonNode after) {
    Set<JsonNode> lost = new LinkedHashSet<>();
    before.forEach(lost::add);
    after.forEach(lost::remove);
    return lost;
  }

  private void report(String path, String sentence, Object... values) {
    Object[] words =
        Arrays.stream(values).map(value -> value instanceof MissingNode ? "none" : value).toArray();
    breaks.add((path.isEmpty() ? "the object" : path) + " " + sentence.formatted(words));
  }
}
