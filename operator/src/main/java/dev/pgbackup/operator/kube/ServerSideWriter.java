package dev.pgbackup.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * Writes by server-side apply, as the one manager of what it says.
 *
 * <p>A digest of what was last applied is kept in an annotation: with it a field that is no longer
 * said is noticed, which looking at the object alone would not show.
 */
@Singleton
@DefaultBean
public final class ServerSideWriter implements ObjectWriter {

  private static final String MANAGER = "pgbackup-operator";
  private static final String DIGEST = "pgbackup.dev/applied-digest";
  private static final int DIGEST_BYTES = 16;

  private final KubernetesClient client;

  public ServerSideWriter(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public <T extends HasMetadata> T apply(T desired) {
    ObjectNode wanted = client.getKubernetesSerialization().convertValue(desired, ObjectNode.class);
    String digest = digest(client.getKubernetesSerialization().asJson(desired));
    T actual = client.resource(desired).get();
    if (actual != null && isApplied(actual, wanted, digest)) {
      return actual;
    }
    T marked = client.getKubernetesSerialization().clone(desired);
    Map<String, String> annotations =
        new HashMap<>(Objects.requireNonNullElse(marked.getMetadata().getAnnotations(), Map.of()));
    annotations.put(DIGEST, digest);
    marked.getMetadata().setAnnotations(annotations);
    return client
        .resource(marked)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(MANAGER)
                .withForce(true)
                .build(),
            marked);
  }

  private static String digest(String json) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private boolean isApplied(HasMetadata actual, JsonNode wanted, String digest) {
    Map<String, String> annotations = actual.getMetadata().getAnnotations();
    return annotations != null
        && digest.equals(annotations.get(DIGEST))
        && Difference.contains(
            client.getKubernetesSerialization().convertValue(actual, ObjectNode.class), wanted);
  }

  @Override
  public <T extends HasMetadata> T createIfAbsent(T desired) {
    try {
      return client.resource(desired).create();
    } catch (KubernetesClientException e) {
      T actual =
          e.getCode() == HttpURLConnection.HTTP_CONFLICT ? client.resource(desired).get() : null;
      if (actual == null) {
        throw e;
      }
      return actual;
    }
  }

  @Override
  public <T extends HasMetadata> T rehearse(T desired) {
    return client.resource(desired).dryRun(true).create();
  }
}
