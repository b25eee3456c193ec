package dev.pgbackup.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.inject.Singleton;
import java.util.Map;

/** Changes of objects that are not made of a whole. */
@Singleton
public final class ClusterWriter {

  private final KubernetesClient client;

  public ClusterWriter(KubernetesClient client) {
    this.client = client;
  }

  /** Sets an annotation of an object. */
  public <T extends HasMetadata> T annotate(T object, String key, String value) {
    return client
        .resource(object)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client
                .getKubernetesSerialization()
                .asJson(Map.of("metadata", Map.of("annotations", Map.of(key, value)))));
  }
}
