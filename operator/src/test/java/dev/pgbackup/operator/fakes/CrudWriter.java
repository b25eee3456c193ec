package dev.pgbackup.operator.fakes;

import dev.pgbackup.operator.kube.ObjectWriter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes to an API server that knows no server-side apply: the one of tests. */
public final class CrudWriter implements ObjectWriter {

  private final KubernetesClient client;
  private final List<String> written = new ArrayList<>();

  public CrudWriter(KubernetesClient client) {
    this.client = client;
  }

  /** Kinds and names of what was written, in order. */
  public List<String> written() {
    return written;
  }

  @Override
  public <T extends HasMetadata> T apply(T desired) {
    T actual = client.resource(desired).get();
    if (actual == null) {
      written.add(desired.getKind() + " " + desired.getMetadata().getName());
      return client.resource(desired).create();
    }
    if (same(actual, desired)) {
      return actual;
    }
    written.add(desired.getKind() + " " + desired.getMetadata().getName());
    T next = client.getKubernetesSerialization().clone(desired);
    next.getMetadata().setResourceVersion(actual.getMetadata().getResourceVersion());
    return client.resource(next).update();
  }

  private boolean same(HasMetadata actual, HasMetadata desired) {
    Map<String, Object> is = map(actual);
    Map<String, Object> wanted = map(desired);
    return List.of("spec", "data").stream()
        .allMatch(field -> Objects.equals(is.get(field), wanted.get(field)));
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> map(HasMetadata object) {
    return client.getKubernetesSerialization().convertValue(object, Map.class);
  }

  @Override
  public <T extends HasMetadata> T createIfAbsent(T desired) {
    T actual = client.resource(desired).get();
    if (actual != null) {
      return actual;
    }
    written.add(desired.getKind() + " " + desired.getMetadata().getName());
    return client.resource(desired).create();
  }

  /** The server of tests knows no rehearsal; the one thing that matters here is the default class. */
  @Override
  public <T extends HasMetadata> T rehearse(T desired) {
    if (desired instanceof PersistentVolumeClaim claim
        && claim.getSpec().getStorageClassName() == null) {
      claim.getSpec().setStorageClassName("standard");
    }
    return desired;
  }
}
