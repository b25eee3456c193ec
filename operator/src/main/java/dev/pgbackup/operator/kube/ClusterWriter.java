package dev.pgbackup.operator.kube;

import dev.pgbackup.operator.patch.PatchOperation;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Changes an object that must still be the one that was looked at.
   *
   * @param patch as of RFC 6902; if it is empty nothing is asked
   * @throws KubernetesClientException if it is not (409 or 422, as for everything that does not
   *     fit)
   */
  public void patch(HasMetadata object, List<PatchOperation> patch) {
    if (patch.isEmpty()) {
      return;
    }
    List<PatchOperation> all = new ArrayList<>();
    all.add(
        PatchOperation.test(
            "/metadata/resourceVersion", object.getMetadata().getResourceVersion()));
    all.addAll(patch);
    send(object, all);
  }

  private void send(HasMetadata object, List<PatchOperation> patch) {
    client
        .resource(object)
        .patch(PatchContext.of(PatchType.JSON), client.getKubernetesSerialization().asJson(patch));
  }

  /**
   * Deletes this very object, not one of the same name that was made since. Its end is not waited
   * for; nobody is forced.
   */
  public void delete(HasMetadata object) {
    try {
      client.raw(
          path(object),
          "DELETE",
          new DeleteOptionsBuilder()
              .withNewPreconditions()
              .withUid(object.getMetadata().getUid())
              .endPreconditions()
              .withPropagationPolicy("Background")
              .build());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
          && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static String path(HasMetadata object) {
    String group = object.getApiVersion().contains("/") ? "/apis/" : "/api/";
    return group
        + object.getApiVersion()
        + "/namespaces/"
        + object.getMetadata().getNamespace()
        + "/"
        + object.getPlural()
        + "/"
        + object.getMetadata().getName();
  }

  /** Makes an object be held until {@link #letGo}, also when it is deleted. */
  public void hold(HasMetadata object, String finalizer) {
    List<String> there = object.getMetadata().getFinalizers();
    if (!there.contains(finalizer)) {
      send(
          object,
          there.isEmpty()
              ? List.of(PatchOperation.add("/metadata/finalizers", List.of(finalizer)))
              : List.of(PatchOperation.add("/metadata/finalizers/-", finalizer)));
    }
  }

  /** Ends {@link #hold}. */
  public void letGo(HasMetadata object, String finalizer) {
    int at = object.getMetadata().getFinalizers().indexOf(finalizer);
    if (at >= 0) {
      String path = "/metadata/finalizers/" + at;
      send(object, List.of(PatchOperation.test(path, finalizer), PatchOperation.remove(path)));
    }
  }

  /** Writes the status of an object that must still be the one that was looked at. */
  public void updateStatus(HasMetadata object) {
    client.resource(object).updateStatus();
  }

  /** Replaces an object that must still be the one that was looked at; false if it is not. */
  public boolean replace(HasMetadata object) {
    try {
      client.resource(object).update();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }
}
