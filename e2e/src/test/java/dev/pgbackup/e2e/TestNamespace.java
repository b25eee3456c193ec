package dev.pgbackup.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;

/** A namespace of one test class. */
public final class TestNamespace implements AutoCloseable {

  private final KubernetesClient client;
  private final String name;

  TestNamespace(KubernetesClient client, String name) {
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
