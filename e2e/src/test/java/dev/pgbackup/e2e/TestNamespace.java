package dev.pgbackup.e2e;

import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.client.KubernetesClient;

/** A namespace of one test class. */
public final class TestNamespace implements AutoCloseable {

  private final KubernetesClient client;
  private final String name;

  public static TestNamespace of(Home home) {
    return new TestNamespace(home.client(), home.name());
  }

  private TestNamespace(KubernetesClient client, String name) {
    this.client = client;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** Begins its deletion; nobody waits for the end. */
  @Override
  public void close() {
    client.namespaces().withName(name).delete();
  }
}
