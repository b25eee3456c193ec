package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.Repository;
import dev.pgbackup.e2e.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The operator as it is shipped, an S3 server, and a plain master, in namespaces of a test's own.
 */
final class Stage implements AutoCloseable {

  static final String IMAGE = "pgbackup-test/postgres:17";
  static final String KEY = "e2e-key";
  static final String SECRET = "e2e-secret-of-the-bucket";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final ClusterUnderTest cluster;
  private final KubernetesClient client;
  private final TestNamespace home;

  private Stage(ClusterUnderTest cluster, TestNamespace home) {
    this.cluster = cluster;
    this.client = cluster.client();
    this.home = home;
  }

  /** Installs everything; skips the test where the images were not loaded. */
  static Stage set(ClusterUnderTest cluster) {
    cluster.operator();
    Stage stage = new Stage(cluster, TestNamespace.of(cluster.namespace("journey")));
    stage.install();
    return stage;
  }

  private void install() {
    try (var s3 = Stage.class.getResourceAsStream("/s3.yaml")) {
      client.load(s3).items().forEach(object -> apply(in(home, object)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    credentials(home);
    client
        .apps()
        .deployments()
        .inNamespace(home.name())
        .withName("s3")
        .waitUntilReady(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  TestNamespace home() {
    return home;
  }

  /** Another namespace, with the keys of the bucket. */
  TestNamespace another(String purpose) {
    TestNamespace namespace = TestNamespace.of(cluster.namespace(purpose));
    credentials(namespace);
    return namespace;
  }

  private void credentials(TestNamespace namespace) {
    apply(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace.name())
            .withName("aws")
            .endMetadata()
            .withStringData(Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET))
            .build());
  }

  /** Applies an example as a user would, with the store and the image of this cluster. */
  void example(TestNamespace namespace, String file) {
    example(namespace, file, Map.of());
  }

  /**
   * @param changes texts in it, and what takes their place
   */
  void example(TestNamespace namespace, String file, Map<String, String> changes) {
    String text = read(file);
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertThat(text).contains(change.getKey());
      text = text.replace(change.getKey(), change.getValue());
    }
    text =
        text.replace("postgres:17", IMAGE)
            .replaceAll(
                "(?m)^( +)region: .*$",
                "$1region: us-east-1\n$1forcePathStyle: true\n$1endpoint: http://s3."
                    + home.name()
                    + ":9000");
    Stream.of(text.split("\n---\n"))
        .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
        .forEach(object -> apply(in(namespace, object)));
  }

  private static String read(String file) {
    try {
      return Files.readString(Repository.path("examples/" + file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static HasMetadata in(TestNamespace namespace, HasMetadata object) {
    object.getMetadata().setNamespace(namespace.name());
    return object;
  }

  private void apply(HasMetadata object) {
    client.resource(object).fieldManager("pgbackup-e2e").forceConflicts().serverSideApply();
  }

  /** A custom resource as it is now; null if it is not there. */
  GenericKubernetesResource get(TestNamespace namespace, String kind, String name) {
    return client
        .genericKubernetesResources("pgbackup.dev/v1alpha1", kind)
        .inNamespace(namespace.name())
        .withName(name)
        .get();
  }

  List<GenericKubernetesResource> list(TestNamespace namespace, String kind) {
    return client
        .genericKubernetesResources("pgbackup.dev/v1alpha1", kind)
        .inNamespace(namespace.name())
        .list()
        .getItems();
  }

  void delete(TestNamespace namespace, String kind, String name) {
    client
        .genericKubernetesResources("pgbackup.dev/v1alpha1", kind)
        .inNamespace(namespace.name())
        .withName(name)
        .delete();
  }

  void patch(TestNamespace namespace, String kind, String name, String mergePatch) {
    GenericKubernetesResource before = get(namespace, kind, name);
    client.resource(before).patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch);
  }

  /** As {@code kubectl wait --for=condition}. */
  void await(TestNamespace namespace, String kind, String name, String condition) {
    Awaitility.await(kind + "/" + name + " is " + condition)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () ->
                assertThat(condition(namespace, kind, name, condition))
                    .as(() -> Serialization.asYaml(get(namespace, kind, name)))
                    .isEqualTo("True"));
  }

  String condition(TestNamespace namespace, String kind, String name, String type) {
    Object conditions = get(namespace, kind, name).get("status", "conditions");
    return conditions instanceof List<?> list
        ? list.stream()
            .map(Map.class::cast)
            .filter(c -> type.equals(c.get("type")))
            .map(c -> String.valueOf(c.get("status")))
            .findFirst()
            .orElse("")
        : "";
  }

  /** What a query returns in a pod, without decoration. */
  String sql(TestNamespace namespace, String pod, String query) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ExecWatch watch =
        client
            .pods()
            .inNamespace(namespace.name())
            .withName(pod)
            .inContainer("postgres")
            .writingOutput(out)
            .writingError(err)
            .exec("psql", "-h", "127.0.0.1", "-U", "postgres", "-qAt", "-c", query)) {
      Integer code = watch.exitCode().get(60, TimeUnit.SECONDS);
      assertThat(code).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
      return out.toString(StandardCharsets.UTF_8).strip();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  void awaitReady(TestNamespace namespace, String pod) {
    Awaitility.await("pod " + pod)
        .atMost(PATIENCE)
        .until(
            () -> {
              Pod found = client.pods().inNamespace(namespace.name()).withName(pod).get();
              return found != null
                  && found.getStatus().getConditions().stream()
                      .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
            });
  }

  /** Runs the master's image on a restored claim, for a look. */
  String look(TestNamespace namespace, String claim, String query) {
    String name = "look-" + claim;
    apply(
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace.name())
            .withName(name)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("postgres")
            .withImage(IMAGE)
            .withImagePullPolicy("IfNotPresent")
            .addNewEnv()
            .withName("POSTGRES_PASSWORD")
            .withValue("not-used-by-a-directory-that-is-there")
            .endEnv()
            .addNewEnv()
            .withName("PGDATA")
            .withValue("/var/lib/postgresql/data/pgdata")
            .endEnv()
            .withNewReadinessProbe()
            .withPeriodSeconds(1)
            .withNewExec()
            .withCommand("pg_isready", "-h", "127.0.0.1", "-U", "postgres")
            .endExec()
            .endReadinessProbe()
            .addNewVolumeMount()
            .withName("data")
            .withMountPath("/var/lib/postgresql/data")
            .endVolumeMount()
            .endContainer()
            .addNewVolume()
            .withName("data")
            .withNewPersistentVolumeClaim()
            .withClaimName(claim)
            .endPersistentVolumeClaim()
            .endVolume()
            .endSpec()
            .build());
    awaitReady(namespace, name);
    String answer = sql(namespace, name, query);
    client.pods().inNamespace(namespace.name()).withName(name).delete();
    return answer;
  }

  boolean hasClaim(TestNamespace namespace, String name) {
    return client.persistentVolumeClaims().inNamespace(namespace.name()).withName(name).get()
        != null;
  }

  KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    home.close();
  }
}
