package dev.pgbackup.operator.agent;

import dev.pgbackup.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the operator's key in the one Secret that it may read. The installation brings the Secret
 * without content, so that the right to create Secrets is not needed; the first operator that finds
 * it empty fills it.
 */
@Singleton
public final class OperatorKeys {

  private final KubernetesClient client;
  private final OperatorSettings settings;
  private volatile @Nullable OperatorKey key;

  public OperatorKeys(KubernetesClient client, OperatorSettings settings) {
    this.client = client;
    this.settings = settings;
  }

  /** The key. */
  public OperatorKey get() {
    OperatorKey known = key;
    if (known == null) {
      known = load();
      key = known;
    }
    return known;
  }

  /** Forgets it: the next one asked for is read anew. */
  public void forget() {
    key = null;
  }

  private OperatorKey load() {
    String namespace = settings.namespace();
    String name = settings.signingKey().secret();
    Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
    if (secret == null) {
      throw new IllegalStateException(
          "There is no Secret %s in namespace %s. It comes with the installation, empty: apply that again."
              .formatted(name, namespace));
    }
    if (secret.getData() == null || secret.getData().isEmpty()) {
      return fill(secret);
    }
    try {
      return OperatorKey.read(secret.getData());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "The Secret %s in namespace %s holds no key of the operator: %s. Empty it, and a new key is made."
              .formatted(name, namespace, e.getMessage()),
          e);
    }
  }

  private OperatorKey fill(Secret empty) {
    OperatorKey fresh = OperatorKey.generate();
    // With its resourceVersion: of two operators only one fills it.
    Secret filled = new SecretBuilder(empty).withData(fresh.write()).build();
    try {
      client.resource(filled).update();
      return fresh;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return load();
      }
      throw e;
    }
  }
}
