package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A type has the defaults that its schema says")
class DefaultsTest {

  static List<Class<? extends CustomResource<?, ?>>> kinds() {
    return Definitions.KINDS;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("where only what is required is given")
  void required(Class<? extends CustomResource<?, ?>> kind) {
    JsonNode schema = Definitions.schemaOf(Definitions.treeOf(kind)).at("/properties/spec");
    ObjectNode given = Sample.of(schema);
    keepRequired(given, schema, false);
    assertDefaults(kind, schema, given);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("where all objects are given, and in them only what is required")
  void objects(Class<? extends CustomResource<?, ?>> kind) {
    JsonNode schema = Definitions.schemaOf(Definitions.treeOf(kind)).at("/properties/spec");
    ObjectNode given = Sample.of(schema);
    keepRequired(given, schema, true);
    assertDefaults(kind, schema, given);
  }

  private static void assertDefaults(
      Class<? extends CustomResource<?, ?>> kind, JsonNode schema, ObjectNode given) {
    JsonNode expected = given.deepCopy();
    SchemaDefaults.fillIn(expected, schema);

    CustomResource<?, ?> read = Serialization.unmarshal("{\"spec\": " + given + "}", kind);

    assertThat(Definitions.tree(Serialization.asYaml(read)).path("spec")).isEqualTo(expected);
  }

  private static void keepRequired(ObjectNode object, JsonNode schema, boolean objectsToo) {
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    for (var entry : List.copyOf(object.properties())) {
      JsonNode nested = schema.path("properties").path(entry.getKey());
      boolean isObject = nested.has("properties");
      if (!required.contains(entry.getKey()) && !(objectsToo && isObject)) {
        object.remove(entry.getKey());
      } else if (isObject) {
        keepRequired((ObjectNode) entry.getValue(), nested, objectsToo);
      }
    }
  }
}
