package dev.pgbackup.operator.fakes;

import dev.pgbackup.operator.kube.ObjectWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** In the operator as a whole, too, tests write without server-side apply. */
final class CrudObjects {

  private CrudObjects() {}

  @Produces
  @Singleton
  @Alternative
  @Priority(1)
  static ObjectWriter writer(KubernetesClient client) {
    return new CrudWriter(client);
  }
}
