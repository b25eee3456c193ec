package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pgbackup.e2e.Repository;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("C17 every manifest of README, docs, examples and deploy")
class ManifestsTest {

  private static final Map<String, StructuralSchema> SCHEMAS = schemas();

  private static Map<String, StructuralSchema> schemas() {
    Map<String, StructuralSchema> schemas = new TreeMap<>();
    for (Path file : Repository.manifests("crds")) {
      JsonNode definition = read(file);
      JsonNode version = definition.at("/spec/versions/0");
      JsonNode schema = version.at("/schema/openAPIV3Schema");
      // These the API server knows for every kind.
      for (String common : List.of("apiVersion", "kind", "metadata")) {
        ((ObjectNode) schema.path("properties")).putObject(common);
      }
      schemas.put(
          definition.at("/spec/group").asText()
              + "/"
              + version.path("name").asText()
              + " "
              + definition.at("/spec/names/kind").asText(),
          new StructuralSchema(schema));
    }
    return schemas;
  }

  private static JsonNode read(Path file) {
    try {
      return Serialization.unmarshal(Files.readString(file), JsonNode.class);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static List<ShippedManifest> manifests() {
    return ShippedManifest.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("manifests")
  @DisplayName("has what the definitions ask for, and no field that they do not know")
  void fits(ShippedManifest manifest) {
    assertThat(manifest.objects()).isNotEmpty();
    for (JsonNode object : manifest.objects()) {
      String kind = object.path("apiVersion").asText() + " " + object.path("kind").asText();
      assertThat(object.at("/metadata/name").asText()).as(kind).isNotEmpty();
      assertThat(SCHEMAS.containsKey(kind)).isEqualTo(kind.startsWith("pgbackup.dev/"));
      if (SCHEMAS.containsKey(kind)) {
        assertThat(SCHEMAS.get(kind).complaints(object)).as(kind).isEmpty();
      }
    }
  }

  @Test
  @DisplayName("is found in a page by its block of YAML, and by no other")
  void inPage() {
    List<ShippedManifest> found =
        ShippedManifest.inPage(
            "page",
            """
            Text.
            ```yaml
            kind: A
            ```
              ```yaml
              kind: B
              ```
            ```yaml
            bucket: of-a-configuration
            ```
            ```sh
            kind: C
            ```
            """);
    assertThat(found)
        .containsExactly(
            new ShippedManifest("page:2", "kind: A\n"), new ShippedManifest("page:5", "kind: B\n"));
  }

  @Test
  @DisplayName("is refused with a field too many, one too few, and a value of another kind")
  void misfits() {
    JsonNode policy =
        Serialization.unmarshal(
            """
            apiVersion: pgbackup.dev/v1alpha1
            kind: PgBackupPolicy
            metadata: {name: master}
            spec:
              suspended: true
              target: {workloadRef: {kind: DaemonSet, name: master}}
              baseBackup: {parallelism: many}
            """,
            JsonNode.class);
    assertThat(SCHEMAS.get("pgbackup.dev/v1alpha1 PgBackupPolicy").complaints(policy))
        .anyMatch(c -> c.equals(".spec.suspended is not known"))
        .anyMatch(c -> c.equals(".spec.storage is missing"))
        .anyMatch(c -> c.startsWith(".spec.target.workloadRef.kind is DaemonSet, and not one of"))
        .anyMatch(c -> c.equals(".spec.baseBackup.parallelism is no integer"))
        .hasSize(4);
  }
}
