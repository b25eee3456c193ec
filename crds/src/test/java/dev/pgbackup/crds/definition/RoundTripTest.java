package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("An object is read and written again without loss")
class RoundTripTest {

  /** Kubernetes' own types keep what they do not know. */
  private static final Set<String> KEEPERS = Set.of("affinity", "tolerations", "conditions");

  static List<Class<? extends CustomResource<?, ?>>> kinds() {
    return Definitions.KINDS;
  }

  private static ObjectNode everything(Class<? extends CustomResource<?, ?>> kind) {
    ObjectNode object = Sample.of(Definitions.schemaOf(Definitions.treeOf(kind)));
    object.putObject("metadata").put("name", "sample");
    return object;
  }

  private static JsonNode readAndWritten(
      Class<? extends CustomResource<?, ?>> kind, JsonNode object) {
    ObjectNode written =
        (ObjectNode)
            Definitions.tree(
                Serialization.asYaml(Serialization.unmarshal(object.toString(), kind)));
    assertThat(written.remove("apiVersion").asText()).isEqualTo("pgbackup.dev/v1alpha1");
    assertThat(written.remove("kind").asText()).isEqualTo(kind.getSimpleName());
    return written;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("every field of spec and status comes back as it was")
  void everyField(Class<? extends CustomResource<?, ?>> kind) {
    ObjectNode object = everything(kind);
    assertThat(readAndWritten(kind, object)).isEqualTo(object);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("fields that only a newer version knows are passed over, at every place")
  void unknownFields(Class<? extends CustomResource<?, ?>> kind) {
    ObjectNode object = everything(kind);
    ObjectNode newer = object.deepCopy();
    addUnknown(newer, Definitions.schemaOf(Definitions.treeOf(kind)));
    assertThat(newer.findValues("fromTheFuture")).hasSizeGreaterThan(3);
    assertThat(readAndWritten(kind, newer)).isEqualTo(object);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("words that only a newer version knows are read, as such, and stop nothing")
  void unknownWords(Class<? extends CustomResource<?, ?>> kind) {
    ObjectNode object = everything(kind);
    JsonNode schema = Definitions.schemaOf(Definitions.treeOf(kind));
    ObjectNode expected = object.deepCopy();
    int words = replaceWords(object, schema, "FromTheFuture");
    replaceWords(expected, schema, "Unrecognized");
    assertThat(words).isPositive();
    assertThat(readAndWritten(kind, object)).isEqualTo(expected);
  }

  /** In the objects of our own. */
  private static void addUnknown(ObjectNode object, JsonNode schema) {
    schema
        .path("properties")
        .properties()
        .forEach(
            entry -> {
              JsonNode nested =
                  entry.getValue().has("items") ? entry.getValue().path("items") : entry.getValue();
              JsonNode value = object.path(entry.getKey());
              JsonNode element = value.isArray() ? value.path(0) : value;
              if (!KEEPERS.contains(entry.getKey())
                  && nested.has("properties")
                  && element instanceof ObjectNode inner) {
                addUnknown(inner, nested);
              }
            });
    object.put("fromTheFuture", "anything");
  }

  private static int replaceWords(JsonNode value, JsonNode schema, String word) {
    int replaced = 0;
    for (var entry : schema.path("properties").properties()) {
      JsonNode nested = entry.getValue();
      JsonNode inner = value.path(entry.getKey());
      if (nested.has("enum")) {
        ((ObjectNode) value).set(entry.getKey(), TextNode.valueOf(word));
        replaced++;
      } else if (nested.path("items").has("enum")) {
        ((ObjectNode) value).putArray(entry.getKey()).add(word);
        replaced++;
      } else {
        replaced += replaceWords(inner, nested, word);
      }
    }
    return replaced;
  }
}
