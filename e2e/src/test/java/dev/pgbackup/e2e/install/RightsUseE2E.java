package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Repository;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Takes the operator through its work, and looks at what it has counted. */
@OnCluster
@DisplayName("Of the rights that are shipped for the operator")
class RightsUseE2E {

  /** Asked for when something is wrong, by clusters of another kind, or once in a lifetime. */
  private static final Set<String> FOR_OTHER_DAYS = Set.of();

  @Test
  @DisplayName("each is used from a policy to its end, but for those of other days")
  void used(ClusterUnderTest cluster) {
    cluster.withoutOperator();
    cluster.operator();
    try (Shop shop = Shop.prepare(cluster, "rights")) {
      Home home = shop.home();
      shop.protect();
      home.apply(shop.examples().read("backup-now.yaml", Map.of()));
      home.awaitCondition(Home.BACKUPS, "before-migration", "Complete");
      shop.restore("to-the-newest", "latest: {}");
      home.awaitCondition(Home.RESTORES, "to-the-newest", "Complete");
      home.delete(Home.POLICIES, "master");
      home.await("the policy is gone", () -> home.get(Home.POLICIES, "master") == null);
      Set<String> unused = shipped().unused(metrics(cluster.client()));
      unused.removeAll(FOR_OTHER_DAYS);
      assertThat(unused).isEmpty();
    }
  }

  private static ShippedRights shipped() {
    return ShippedRights.of(
        Repository.manifests("deploy/base").stream()
            .map(RightsUseE2E::read)
            .toList());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String metrics(KubernetesClient client) {
    List<String> operators =
        client
            .pods()
            .inNamespace("pgbackup-system")
            .withLabel("app.kubernetes.io/component", "operator")
            .list()
            .getItems()
            .stream()
            .map(pod -> pod.getMetadata().getName())
            .toList();
    assertThat(operators).hasSize(1);
    return client.raw(
        "/api/v1/namespaces/pgbackup-system/pods/" + operators.get(0) + ":8080/proxy/metrics");
  }
}
