package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Installation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("The operator's pod")
class OperatorPodE2E {

  /** Less than the 30 s after which Kubernetes kills. */
  private static final Duration BEFORE_IT_IS_KILLED = Duration.ofSeconds(20);

  private static Pod pod(KubernetesClient client) {
    return client
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .list()
        .getItems()
        .get(0);
  }

  @Test
  @DisplayName("shows the conditions of what it looks after as metrics")
  void metrics(ClusterUnderTest cluster) throws Exception {
    Shop shop = cluster.shop();
    KubernetesClient client = cluster.client();
    try (LocalPortForward forward = client.pods().resource(pod(client)).portForward(8080)) {
      URI uri = URI.create("http://127.0.0.1:" + forward.getLocalPort() + "/metrics");
      String page =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
              .body();
      assertThat(page)
          .contains(
              "pgbackup_condition{kind=\"PgBackupPolicy\",namespace=\"%s\",name=\"master\",condition=\"Ready\"} 1.0"
                  .formatted(shop.home().name()));
    }
  }

  @Test
  @DisplayName("ends in order when it is asked to, and the next one takes over")
  void ends(ClusterUnderTest cluster) {
    Installation operator = cluster.operator();
    KubernetesClient client = cluster.client();
    Pod old = pod(client);
    client.pods().resource(old).delete();
    Awaitility.await("it has ended")
        .atMost(BEFORE_IT_IS_KILLED)
        .until(() -> client.pods().resource(old).get() == null);
    operator.awaitReady();
  }
}
