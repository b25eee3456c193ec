package dev.pgbackup.deploy;

import static dev.pgbackup.deploy.Objects.byName;
import static dev.pgbackup.deploy.Objects.isKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The chart")
class ChartTest {

  private static final Map<String, String> OF_TWO =
      Map.of("watchNamespaces[0]", "shop", "watchNamespaces[1]", "billing");

  @Test
  @DisplayName("installs with its own values what the kustomization for a whole cluster does")
  void sameAsKustomize() {
    List<JsonNode> shipped = Kustomization.of("deploy/overlays/cluster-wide").objects();
    assertThat(byName(Chart.objects(Map.of())))
        .containsExactlyEntriesOf(
            byName(
                shipped.stream()
                    .filter(isKind("Namespace", "CustomResourceDefinition").negate())
                    .toList()));
  }

  @Test
  @DisplayName("brings the same definitions, apart from what an uninstall removes")
  void definitions() {
    List<JsonNode> alone = Kustomization.of("deploy/chart/crds").objects();
    assertThat(alone).hasSize(3).allMatch(isKind("CustomResourceDefinition"));
    assertThat(byName(Chart.definitions())).containsExactlyEntriesOf(byName(alone));
    assertThat(Chart.objects(Map.of())).noneMatch(isKind("CustomResourceDefinition"));
  }

  @Test
  @DisplayName(
      "gives an operator of some namespaces the same rights there, and none in the cluster")
  void someNamespaces() {
    Map<String, JsonNode> everywhere = byName(Chart.objects(Map.of()));
    Map<String, JsonNode> some = byName(Chart.objects(OF_TWO));
    JsonNode rules = everywhere.get("ClusterRole pgbackup-operator").path("rules");
    for (String namespace : List.of("shop", "billing")) {
      assertThat(some.get("Role " + namespace + " pgbackup-operator").path("rules"))
          .isEqualTo(rules);
      JsonNode binding = some.get("RoleBinding " + namespace + " pgbackup-operator");
      assertThat(binding.at("/roleRef/kind").asText()).isEqualTo("Role");
      assertThat(binding.at("/subjects/0/namespace").asText()).isEqualTo(Chart.NAMESPACE);
    }
    assertThat(some.keySet())
        .filteredOn(name -> name.startsWith("Cluster"))
        .containsExactlyInAnyOrder(
            "ClusterRole pgbackup-view",
            "ClusterRole pgbackup-backup",
            "ClusterRole pgbackup-restore");
  }

  @Test
  @DisplayName("tells the operator which namespaces these are")
  void watched() {
    assertThat(environment(Chart.objects(OF_TWO)))
        .containsEntry("PGBACKUP_WATCH_NAMESPACES", "shop,billing");
    assertThat(environment(Chart.objects(Map.of()))).doesNotContainKey("PGBACKUP_WATCH_NAMESPACES");
  }

  private static Map<String, String> environment(List<JsonNode> objects) {
    JsonNode deployment = objects.stream().filter(isKind("Deployment")).findFirst().orElseThrow();
    Map<String, String> variables = new TreeMap<>();
    deployment
        .at("/spec/template/spec/containers/0/env")
        .forEach(v -> variables.put(v.path("name").asText(), v.path("value").asText()));
    return variables;
  }

  @Test
  @DisplayName("puts what is said about the operator's pod where it belongs")
  void pod() {
    JsonNode spec =
        Chart.objects(
                Map.of(
                    "images.pullSecrets[0]", "registry",
                    "operator.nodeSelector.disk", "ssd",
                    "operator.tolerations[0].key", "infra",
                    "operator.priorityClassName", "high"))
            .stream()
            .filter(isKind("Deployment"))
            .findFirst()
            .orElseThrow()
            .at("/spec/template/spec");
    assertThat(spec.at("/imagePullSecrets/0/name").asText()).isEqualTo("registry");
    assertThat(spec.at("/nodeSelector/disk").asText()).isEqualTo("ssd");
    assertThat(spec.at("/tolerations/0/key").asText()).isEqualTo("infra");
    assertThat(spec.at("/priorityClassName").asText()).isEqualTo("high");
  }

  @Test
  @DisplayName("refuses a value that it does not know")
  void unknownValue() {
    assertThatThrownBy(() -> Chart.objects(Map.of("watchNamespace", "shop")))
        .hasMessageContaining("watchNamespace");
  }

  @Test
  @DisplayName("has nothing that Helm complains about")
  void lint() {
    assertThat(Chart.complaints())
        .filteredOn(message -> message.matches("(?s).*\\[(WARNING|ERROR)\\].*"))
        .isEmpty();
  }

  @Test
  @DisplayName(
      "without the rights of a swap gives none over volumes, and none to delete a claim or a pod")
  void withoutSwap() {
    List<JsonNode> objects = Chart.objects(Map.of("swap", "false"));
    assertThat(byName(objects)).doesNotContainKey("ClusterRole pgbackup-operator-swap");
    assertThat(objects.toString()).doesNotContain("persistentvolumes\"");
  }
}
