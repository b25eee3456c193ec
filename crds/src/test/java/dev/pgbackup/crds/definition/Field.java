package dev.pgbackup.crds.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A field of a custom resource.
 *
 * @param path as in {@code .spec.target.xid}; {@code []} stands for an element of a list
 * @param required whether whoever gives the object around it must give it
 */
record Field(String path, JsonNode schema, boolean required) {

  /** Below these Kubernetes describes the fields, not we. */
  private static final Set<String> OF_KUBERNETES = Set.of("affinity", "tolerations");

  /** All fields that we describe, those of spec and status with everything in them. */
  static List<Field> of(Class<? extends CustomResource<?, ?>> kind) {
    List<Field> fields = new ArrayList<>();
    collect("", Definitions.schemaOf(Definitions.treeOf(kind)), fields);
    return fields;
  }

  private static void collect(String path, JsonNode schema, List<Field> fields) {
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    schema
        .path("properties")
        .properties()
        .forEach(
            entry -> {
              String name = entry.getKey();
              String inner = path + "." + name;
              fields.add(new Field(inner, entry.getValue(), required.contains(name)));
              if (!OF_KUBERNETES.contains(name)) {
                collect(inner, entry.getValue(), fields);
                collect(inner + "[]", entry.getValue().path("items"), fields);
              }
            });
  }

  boolean isOfSpec() {
    return path.startsWith(".spec.");
  }

  boolean isScalar() {
    return Set.of("string", "integer", "boolean").contains(schema.path("type").asText());
  }

  String description() {
    return schema.path("description").asText();
  }

  /** The path alone: a failed assertion names it, and not everything below it. */
  @Override
  public String toString() {
    return path;
  }
}
