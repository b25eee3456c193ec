package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Repository;
import dev.pgbackup.e2e.crds.Definitions;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@OnCluster
@DisplayName("C17 every manifest of README, docs, examples and deploy applies")
class ManifestsE2E {

  private static KubernetesClient client;
  private static Home namespace;

  @BeforeAll
  static void install(ClusterUnderTest cluster) {
    client = cluster.client();
    Definitions.install(client);
    namespace = cluster.namespace("manifests");
  }

  @AfterAll
  static void remove() {
    namespace.close();
  }

  static List<ShippedManifest> manifests() {
    return ShippedManifest.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("manifests")
  @DisplayName("the API server takes it as it is, and knows every field")
  void applies(ShippedManifest manifest) {
    assertThat(manifest.objects()).isNotEmpty();
    for (JsonNode document : manifest.objects()) {
      GenericKubernetesResource object =
          Serialization.unmarshal(document.toString(), GenericKubernetesResource.class);
      if (object.getMetadata().getNamespace() != null || !isClusterWide(object)) {
        object.getMetadata().setNamespace(namespace.name());
      }
      HasMetadata applied =
          client
              .resource((HasMetadata) object)
              .dryRun()
              .fieldManager("pgbackup-e2e")
              .forceConflicts()
              .serverSideApply();
      assertThat(applied.getMetadata().getUid()).isNotEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"examples/master", "deploy/base"})
  @DisplayName("a kustomization takes every manifest of its folder")
  void kustomizations(String folder) throws IOException {
    JsonNode kustomization =
        Serialization.unmarshal(
            Files.readString(Repository.path(folder).resolve(ShippedManifest.KUSTOMIZATION)),
            JsonNode.class);
    List<String> resources = new ArrayList<>();
    kustomization.path("resources").forEach(resource -> resources.add(resource.asText()));
    assertThat(resources)
        .containsAll(
            Repository.manifests(folder).stream()
                .map(file -> file.getFileName().toString())
                .filter(file -> !file.equals(ShippedManifest.KUSTOMIZATION))
                .toList());
  }

  private static boolean isClusterWide(HasMetadata object) {
    return client.getApiResources(object.getApiVersion()).getResources().stream()
        .filter(resource -> resource.getKind().equals(object.getKind()))
        .noneMatch(resource -> resource.getNamespaced());
  }
}
