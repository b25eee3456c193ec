package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("C15 pod security restricted, a quota, a limit range")
class RestrictedNamespaceE2E {

  @Test
  @DisplayName("agent and restore run in there as everywhere")
  void runs(ClusterUnderTest cluster) {
    cluster.operator();
    try (Shop shop = Shop.prepare(cluster, "restricted")) {
      Home home = shop.home();
      // The official image begins as root, which that standard does not admit: it is there before.
      home.client()
          .namespaces()
          .withName(home.name())
          .edit(
              namespace -> {
                namespace
                    .getMetadata()
                    .getLabels()
                    .put("pod-security.kubernetes.io/enforce", "restricted");
                return namespace;
              });
      home.apply(
          new LimitRangeBuilder()
              .withNewMetadata()
              .withName("limits")
              .endMetadata()
              .withNewSpec()
              .addNewLimit()
              .withType("Container")
              .withDefault(quantities("1", "256Mi"))
              .withDefaultRequest(quantities("20m", "64Mi"))
              .withMax(quantities("2", "1Gi"))
              .endLimit()
              .endSpec()
              .build());
      home.apply(
          new ResourceQuotaBuilder()
              .withNewMetadata()
              .withName("quota")
              .endMetadata()
              .withNewSpec()
              .withHard(
                  Map.of(
                      "limits.cpu", new Quantity("8"),
                      "limits.memory", new Quantity("4Gi"),
                      "requests.cpu", new Quantity("2"),
                      "requests.memory", new Quantity("2Gi"),
                      "persistentvolumeclaims", new Quantity("5"),
                      "requests.storage", new Quantity("40Gi")))
              .endSpec()
              .build());

      shop.protect();
      shop.restore("in-there", "latest: {}");
      home.awaitCondition(Home.RESTORES, "in-there", "Complete");
      assertThat(home.hasClaim("in-there")).isTrue();
    }
  }

  private static Map<String, Quantity> quantities(String cpu, String memory) {
    return Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory));
  }
}
