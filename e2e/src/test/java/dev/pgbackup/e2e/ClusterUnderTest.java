package dev.pgbackup.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pgbackup.scenario.kubernetes.ClusterConnection;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.Installation;
import dev.pgbackup.scenario.kubernetes.KubernetesCluster.Images;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The cluster that tests run on: the one that {@code KUBECONFIG} names, else K3s in a container
 * where there is Docker, else none. A kubeconfig that merely lies in its usual place is not taken:
 * it may lead to a cluster that somebody needs.
 *
 * <p>An operator that is there from before is replaced: it may be another one than that under test.
 */
public final class ClusterUnderTest implements AutoCloseable {

  /** What a master and a bucket run. */
  public static final Images IMAGES =
      new Images("pgbackup-test/postgres:17", "pgbackup-test/s3:latest");

  /** A PostgreSQL with clients of its own version: pg_dump is for no newer server than itself. */
  public static final String POSTGRES_WITH_CLIENTS = "pgbackup-test/postgres:15";

  static final String HOW_TO_HAVE_ONE =
      "no cluster: set KUBECONFIG to that of a cluster for tests, or install Docker, and K3s is"
          + " started in it";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterUnderTest.class);
  private static final DockerImageName K3S = DockerImageName.parse("rancher/k3s:v1.34.1-k3s1");

  private final @Nullable KubernetesClient client;
  private final AutoCloseable owned;
  private final List<Home> homes = new CopyOnWriteArrayList<>();
  private boolean operatorWasUsed;
  private boolean operatorRuns;
  private @Nullable Shop shop;

  private ClusterUnderTest(@Nullable KubernetesClient client, AutoCloseable owned) {
    this.client = client;
    this.owned = owned;
  }

  static ClusterUnderTest find() {
    String kubeconfig = System.getenv("KUBECONFIG");
    if (kubeconfig != null && !kubeconfig.isBlank()) {
      return new ClusterUnderTest(
          ClusterConnection.open(Config.fromKubeconfig(new File(kubeconfig))), () -> {});
    }
    if (DockerClientFactory.instance().isDockerAvailable()) {
      K3sContainer k3s = new K3sContainer(K3S);
      k3s.start();
      return new ClusterUnderTest(
          ClusterConnection.open(Config.fromKubeconfig(k3s.getKubeConfigYaml())), k3s);
    }
    LOG.warn("Tests are skipped, {}.", HOW_TO_HAVE_ONE);
    return new ClusterUnderTest(null, () -> {});
  }

  boolean isAvailable() {
    return client != null;
  }

  /** With the rights of the kubeconfig, which are an administrator's. */
  public KubernetesClient client() {
    if (client == null) {
      throw new IllegalStateException(HOW_TO_HAVE_ONE);
    }
    return client;
  }

  /** A namespace of a test's own, which is deleted with everything in it when it is closed. */
  public Home namespace(String purpose) {
    return namespace(purpose, Map.of());
  }

  /**
   * @param labels besides that by which all of them are found
   */
  public Home namespace(String purpose, Map<String, String> labels) {
    Map<String, String> all = new HashMap<>(labels);
    all.put("app.kubernetes.io/part-of", "pgbackup-e2e");
    String chance = UUID.randomUUID().toString().substring(0, 8);
    Home home = Home.create(client(), "pgbackup-" + purpose + "-" + chance, all);
    homes.add(home);
    return home;
  }

  /**
   * Has the operator of this build running, as it is shipped, for all that follows; skips the test
   * where the images were not loaded.
   */
  public synchronized Installation operator() {
    List<String> missing =
        Installation.missing(
            client(),
            Stream.concat(
                    Installation.IMAGES.stream(),
                    Stream.of(IMAGES.postgres(), POSTGRES_WITH_CLIENTS, IMAGES.s3()))
                .toList());
    assumeTrue(
        missing.isEmpty(),
        "the cluster lacks the images "
            + missing
            + ": build them by the profile images, and load them");
    Installation operator = installation();
    if (!operatorRuns) {
      operator.stop();
      operator.apply();
      operatorRuns = true;
      operatorWasUsed = true;
    }
    return operator;
  }

  /** Sees to it that nobody but the test works on custom resources. */
  public synchronized void withoutOperator() {
    installation().stop();
    operatorRuns = false;
  }

  /** A master with a policy, which several classes use: they leave it as they have found it. */
  public synchronized Shop shop() {
    operator();
    if (shop == null) {
      shop = Shop.prepare(this, "shop");
      shop.protect();
    }
    return shop;
  }

  private Installation installation() {
    return new Installation(client(), Repository.path(""));
  }

  /** The operator goes last: policies do not end without it. */
  @Override
  public void close() throws Exception {
    if (client != null) {
      if (shop != null) {
        shop.close();
      }
      if (operatorWasUsed) {
        operator();
      }
      homes.forEach(Home::close);
      homes.forEach(Home::awaitGone);
      if (operatorWasUsed) {
        withoutOperator();
      }
      client.close();
    }
    owned.close();
  }
}
