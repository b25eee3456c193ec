package dev.pgbackup.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The cluster that tests run on: the one that {@code KUBECONFIG} names, else K3s in a container
 * where there is Docker, else none. A kubeconfig that merely lies in its usual place is not taken:
 * it may lead to a cluster that somebody needs.
 */
public final class ClusterUnderTest implements AutoCloseable {

  static final String HOW_TO_HAVE_ONE =
      "no cluster: set KUBECONFIG to that of a cluster for tests, or install Docker, and K3s is"
          + " started in it";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterUnderTest.class);
  private static final DockerImageName K3S = DockerImageName.parse("rancher/k3s:v1.34.1-k3s1");

  private final KubernetesClient client;
  private final AutoCloseable owned;

  private ClusterUnderTest(KubernetesClient client, AutoCloseable owned) {
    this.client = client;
    this.owned = owned;
  }

  static ClusterUnderTest find() {
    String kubeconfig = System.getenv("KUBECONFIG");
    if (kubeconfig != null && !kubeconfig.isBlank()) {
      return new ClusterUnderTest(
          Connection.open(Config.fromKubeconfig(new File(kubeconfig))), () -> {});
    }
    if (DockerClientFactory.instance().isDockerAvailable()) {
      K3sContainer k3s = new K3sContainer(K3S);
      k3s.start();
      return new ClusterUnderTest(
          Connection.open(Config.fromKubeconfig(k3s.getKubeConfigYaml())), k3s);
    }
    LOG.warn("Tests are skipped, {}.", HOW_TO_HAVE_ONE);
    return new ClusterUnderTest(null, () -> {});
  }

  boolean isAvailable() {
    return client != null;
  }

  /** With the rights of the kubeconfig, which are an administrator's. */
  public KubernetesClient client() {
    return client;
  }

  /** A namespace of a test's own, which is deleted with everything in it when it is closed. */
  public TestNamespace namespace(String purpose) {
    String name = "pgbackup-" + purpose + "-" + UUID.randomUUID().toString().substring(0, 8);
    HasMetadata namespace =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("app.kubernetes.io/part-of", "pgbackup-e2e")
            .endMetadata()
            .build();
    client.resource(namespace).create();
    return new TestNamespace(client, name);
  }

  @Override
  public void close() throws Exception {
    if (client != null) {
      client.close();
    }
    owned.close();
  }
}
