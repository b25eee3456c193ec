package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.pgbackup.crds.common.CertificateRef;
import dev.pgbackup.crds.common.PodSettings;
import dev.pgbackup.crds.common.Resources;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.S3Storage;
import io.fabric8.kubernetes.client.CustomResource;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The reference of all fields, written from types and schemas: order from the one, words from the
 * other.
 */
final class ReferencePage {

  private static final String HEAD =
      """
      <!-- Generated from dev.pgbackup.crds by `mvn -pl crds -am test -Dgenerate`; do not edit. -->
      # The custom resources

      Group `pgbackup.dev`, version `v1alpha1`, in a namespace; `kubectl get pgbackup` lists them all. A reference to a Secret, a
      ConfigMap or a claim is one to an object of the same namespace. Manifests to copy are in [examples](../examples/).

      | kind | short | what it is |
      |---|---|---|
      """;

  private static final String VALUES =
      """

      A **duration** is a number with its unit (`ms`, `s`, `m`, `h`, `d`, `w`), or several, the bigger units first: `5s`, `1h30m`, `14d`. A
      **size** is a whole number of bytes with or without a unit (`Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `k`, `M`, `G`, `T`, `P`): `4Gi`. Both are written as text.
      A **name** is that of a Kubernetes object: small letters, digits, `-` and `.`. A **key** is that of an entry of a Secret or ConfigMap.
      A **position** is one in the write-ahead log, as PostgreSQL prints it: `0/9A000060`. Fields in bold must be given.
      """;

  /** Types that more than one field has: each has a section of its own. */
  private static final Map<Class<?>, String> SHARED = shared();

  /** Rules that a word says, which stands where the type does. */
  private static final Map<String, String> WORDS =
      Map.of(Rules.DURATION, "duration", Rules.SIZE, "size", Rules.NAME, "name", Rules.KEY, "key");

  private final StringBuilder text = new StringBuilder(HEAD);
  private final Map<Class<?>, JsonNode> sharedSchemas = new LinkedHashMap<>();

  private ReferencePage() {}

  private static Map<Class<?>, String> shared() {
    Map<Class<?>, String> shared = new LinkedHashMap<>();
    shared.put(S3Storage.class, "S3 storage");
    shared.put(CertificateRef.class, "Certificates");
    shared.put(Resources.class, "Resources of a container");
    shared.put(PodSettings.class, "Pod settings");
    return shared;
  }

  static String write() {
    return new ReferencePage().page();
  }

  private String page() {
    for (Class<? extends CustomResource<?, ?>> kind : Definitions.KINDS) {
      JsonNode definition = Definitions.treeOf(kind);
      row(
          "[`%1$s`](#%2$s)"
              .formatted(kind.getSimpleName(), kind.getSimpleName().toLowerCase(Locale.ROOT)),
          code(definition.at("/spec/names/shortNames/0").asText()),
          Definitions.schemaOf(definition).path("description").asText());
    }
    text.append(VALUES);
    Definitions.KINDS.forEach(this::kind);
    SHARED.forEach(
        (type, title) -> {
          text.append("\n## ").append(title).append("\n\n");
          table(type, sharedSchemas.get(type), false);
        });
    return text.toString();
  }

  private void kind(Class<? extends CustomResource<?, ?>> kind) {
    JsonNode definition = Definitions.treeOf(kind);
    JsonNode schema = Definitions.schemaOf(definition);
    text.append("\n## ").append(kind.getSimpleName()).append("\n\n");
    text.append(schema.path("description").asText()).append("\n\n");
    text.append("`kubectl get` shows ");
    List<String> columns = new ArrayList<>();
    definition
        .at("/spec/versions/0/additionalPrinterColumns")
        .forEach(
            column ->
                columns.add(
                    "%s (`%s`)"
                        .formatted(
                            column.path("name").asText().toUpperCase(Locale.ROOT),
                            column.path("jsonPath").asText())));
    text.append(String.join(", ", columns)).append(".\n");
    rules(schema);
    ParameterizedType types = (ParameterizedType) kind.getGenericSuperclass();
    text.append("\n### spec of ").append(kind.getSimpleName()).append("\n\n");
    table((Class<?>) types.getActualTypeArguments()[0], schema.at("/properties/spec"), true);
    text.append("\n### status of ").append(kind.getSimpleName()).append("\n\n");
    table((Class<?>) types.getActualTypeArguments()[1], schema.at("/properties/status"), true);
  }

  private void table(Class<?> type, JsonNode schema, boolean rules) {
    text.append("| field | type | what it is |\n|---|---|---|\n");
    fields("", type, schema);
    if (rules) {
      rules(schema);
    }
  }

  private void fields(String path, Class<?> type, JsonNode schema) {
    var required = new TreeSet<String>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    for (RecordComponent component : type.getRecordComponents()) {
      String name = nameOf(component);
      JsonNode property = schema.path("properties").path(name);
      Class<?> element = elementOf(component);
      boolean isList = property.has("items");
      String code = code(path + name + (isList ? "[]" : ""));
      JsonNode inner = isList ? property.path("items") : property;
      row(
          required.contains(name) ? "**" + code + "**" : code,
          typeOf(element, inner),
          describe(property));
      if (SHARED.containsKey(element)) {
        sharedSchemas.put(element, inner);
      } else if (element.isRecord()) {
        fields(path + name + (isList ? "[]." : "."), element, inner);
      }
    }
  }

  /** The description, and the rules of an object, whose fields have rows of their own. */
  private static String describe(JsonNode property) {
    StringBuilder words = new StringBuilder(property.path("description").asText());
    property
        .path("x-kubernetes-validations")
        .forEach(
            rule -> {
              String message = rule.path("message").asText();
              if (!WORDS.containsKey(rule.path("rule").asText())) {
                words.append(" Rule: ").append(message).append(message.endsWith(".") ? "" : ".");
              }
            });
    return words.toString();
  }

  private void rules(JsonNode schema) {
    List<String> messages = new ArrayList<>();
    schema
        .path("x-kubernetes-validations")
        .forEach(rule -> messages.add("* " + rule.path("message").asText() + "\n"));
    if (!messages.isEmpty()) {
      text.append("\nRules for the whole:\n\n");
      messages.forEach(text::append);
    }
  }

  private static String typeOf(Class<?> type, JsonNode schema) {
    String shared = SHARED.get(type);
    if (shared != null) {
      return "[%s](#%s)".formatted(shared, shared.toLowerCase(Locale.ROOT).replace(' ', '-'));
    }
    if (type.getName().startsWith("io.fabric8.kubernetes.api.model.")) {
      return type.getSimpleName() + " of Kubernetes";
    }
    if (schema.has("enum")) {
      List<String> words = new ArrayList<>();
      schema.path("enum").forEach(word -> words.add(code(word.asText())));
      return String.join(", ", words);
    }
    if (schema.has("additionalProperties")) {
      return "map";
    }
    String word = WORDS.get(schema.at("/x-kubernetes-validations/0/rule").asText());
    if (word != null) {
      return word;
    }
    if (schema.path("format").asText().equals("date-time")) {
      return "time";
    }
    return schema.path("type").asText();
  }

  private static String nameOf(RecordComponent component) {
    JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
    return renamed == null ? component.getName() : renamed.value();
  }

  private static Class<?> elementOf(RecordComponent component) {
    if (List.class.isAssignableFrom(component.getType())
        && component.getGenericType() instanceof ParameterizedType list) {
      return (Class<?>) list.getActualTypeArguments()[0];
    }
    return component.getType();
  }

  private void row(String... cells) {
    text.append('|');
    for (String cell : cells) {
      text.append(' ').append(cell.replace("|", "\\|")).append(" |");
    }
    text.append('\n');
  }

  private static String code(String word) {
    return "`" + word + "`";
  }
}
