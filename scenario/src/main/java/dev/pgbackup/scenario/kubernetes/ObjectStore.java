package dev.pgbackup.scenario.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** An S3 server in a namespace, with the bucket of the examples. */
public final class ObjectStore {

  private static final String NAME = "s3";
  private static final String ROOT_KEYS = "s3-root";

  private final Home home;
  private final String image;
  private Keys keys = Keys.random();

  /**
   * @param image of a versitygw that makes the buckets that {@code S3_BUCKETS} names
   */
  public ObjectStore(Home home, String image) {
    this.home = home;
    this.image = image;
  }

  /** A pair of keys. */
  public record Keys(String id, String secret) {

    static Keys random() {
      String chance = UUID.randomUUID().toString();
      return new Keys("key-" + chance.substring(0, 8), "secret-" + chance);
    }

    /** As the examples want them in a Secret. */
    public Map<String, String> content() {
      return Map.of("AWS_ACCESS_KEY_ID", id, "AWS_SECRET_ACCESS_KEY", secret);
    }
  }

  /** Returns when it answers. */
  public void start() {
    home.secret(ROOT_KEYS, keys.content());
    home.apply(manifests());
    awaitPod();
  }

  public Keys keys() {
    return keys;
  }

  /** URL by which pods of the whole cluster reach it. */
  public String endpoint() {
    return "http://%s.%s:9000".formatted(NAME, home.name());
  }

  /** From here on it knows only a new pair of keys. */
  public void rotateKeys() {
    keys = Keys.random();
    home.secret(ROOT_KEYS, keys.content());
    home.client().apps().deployments().inNamespace(home.name()).withName(NAME).rolling().restart();
    home.awaitDeployment(NAME);
  }

  private void awaitPod() {
    home.await("the pod of the S3 server is there", () -> pods().size() == 1);
    home.awaitReady(pods().get(0).getMetadata().getName());
  }

  private List<Pod> pods() {
    return home.client().pods().inNamespace(home.name()).withLabel("app", NAME).list().getItems();
  }

  private List<HasMetadata> manifests() {
    return Stream.of(text().split("\n---\n"))
        .map(document -> (HasMetadata) Serialization.<HasMetadata>unmarshal(document))
        .map(this::withImage)
        .toList();
  }

  private HasMetadata withImage(HasMetadata object) {
    if (object instanceof Deployment deployment) {
      deployment
          .getSpec()
          .getTemplate()
          .getSpec()
          .getContainers()
          .forEach(container -> container.setImage(image));
    }
    return object;
  }

  private static String text() {
    try (InputStream in = ObjectStore.class.getResourceAsStream("/kubernetes/s3.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
