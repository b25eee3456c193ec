package dev.pgbackup.scenario.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A namespace, and what a person does in it with kubectl. Methods that await throw with the
 * resource as it is when it takes too long.
 */
public final class Home implements AutoCloseable {

  public static final String POLICIES = "PgBackupPolicy";
  public static final String BACKUPS = "PgBackup";
  public static final String RESTORES = "PgRestore";

  /** The pod of the master of the examples. */
  public static final String MASTER = "master-0";

  private static final String API = "pgbackup.dev/v1alpha1";
  private static final String FIELD_MANAGER = "pgbackup-scenario";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Set<String> NO_IMAGE =
      Set.of("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
  private static final Duration POLL = Duration.ofMillis(300);

  private final KubernetesClient client;
  private final String name;

  private Home(KubernetesClient client, String name) {
    this.client = client;
    this.name = name;
  }

  /**
   * Makes a namespace.
   *
   * @param labels such as those of pod security
   */
  public static Home create(KubernetesClient client, String name, Map<String, String> labels) {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
    return new Home(client, name);
  }

  public String name() {
    return name;
  }

  public KubernetesClient client() {
    return client;
  }

  /** As {@code kubectl apply --server-side}. */
  public void apply(HasMetadata object) {
    object.getMetadata().setNamespace(name);
    client.resource(object).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
  }

  public void apply(List<? extends HasMetadata> objects) {
    objects.forEach(this::apply);
  }

  /** Makes a Secret, or replaces what is in it. */
  public void secret(String secret, Map<String, String> content) {
    apply(
        new SecretBuilder()
            .withNewMetadata()
            .withName(secret)
            .endMetadata()
            .withStringData(content)
            .build());
  }

  /** A custom resource as it is now; null if it is not there. */
  public @Nullable GenericKubernetesResource get(String kind, String resource) {
    return handle(kind, resource).get();
  }

  private Resource<GenericKubernetesResource> handle(String kind, String resource) {
    return client.genericKubernetesResources(API, kind).inNamespace(name).withName(resource);
  }

  public List<GenericKubernetesResource> list(String kind) {
    return client.genericKubernetesResources(API, kind).inNamespace(name).list().getItems();
  }

  /** Asks for the deletion of a custom resource. */
  public void remove(String kind, String resource) {
    handle(kind, resource).delete();
  }

  /** Deletes a custom resource, and returns when it is gone. */
  public void delete(String kind, String resource) {
    remove(kind, resource);
    await(kind + "/" + resource + " is gone", () -> get(kind, resource) == null);
  }

  /** As {@code kubectl patch --type=merge}. */
  public void patch(String kind, String resource, String mergePatch) {
    handle(kind, resource).patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch);
  }

  /** The value of a condition; empty if the resource or the condition is not there. */
  public String condition(String kind, String resource, String type) {
    return condition(get(kind, resource), type).map(c -> text(c, "status")).orElse("");
  }

  /** The reason of a condition; empty if there is none. */
  public String reason(String kind, String resource, String type) {
    return condition(get(kind, resource), type).map(c -> text(c, "reason")).orElse("");
  }

  public String message(String kind, String resource, String type) {
    return condition(get(kind, resource), type).map(c -> text(c, "message")).orElse("");
  }

  private static String text(Map<?, ?> condition, String field) {
    return Objects.toString(condition.get(field), "");
  }

  private static Optional<Map<?, ?>> condition(
      @Nullable GenericKubernetesResource resource, String type) {
    Object conditions = resource == null ? null : resource.get("status", "conditions");
    if (!(conditions instanceof List<?> list)) {
      return Optional.empty();
    }
    for (Object one : list) {
      if (one instanceof Map<?, ?> condition && type.equals(condition.get("type"))) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  /** As {@code kubectl wait --for=condition}, for the generation that is there now. */
  public void awaitCondition(String kind, String resource, String type) {
    awaitCondition(kind, resource, type, "True");
  }

  public void awaitCondition(String kind, String resource, String type, String value) {
    try {
      await(
          kind + "/" + resource + " is " + type + "=" + value,
          () -> {
            GenericKubernetesResource now = get(kind, resource);
            return now != null
                && Objects.equals(
                    now.<Number>get("status", "observedGeneration") == null
                        ? null
                        : now.<Number>get("status", "observedGeneration").longValue(),
                    now.getMetadata().getGeneration())
                && condition(now, type).map(c -> text(c, "status")).orElse("").equals(value);
          });
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException(
          e.getMessage() + "\n" + Serialization.asYaml(get(kind, resource)), e);
    }
  }

  public void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE).pollInterval(POLL).until(condition);
  }

  /** Returns when a pod is ready; an image that cannot be had is not waited for. */
  public void awaitReady(String pod) {
    await(
        "pod " + pod + " is ready",
        () -> {
          Pod now = client.pods().inNamespace(name).withName(pod).get();
          requireImage(now);
          return isReady(now);
        });
  }

  /** Returns when there is a ready pod with that label {@code app}: its name. */
  public String readyPod(String app) {
    return Awaitility.await("a pod of " + app + " is ready")
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> findReady(app), Optional::isPresent)
        .orElseThrow()
        .getMetadata()
        .getName();
  }

  private Optional<Pod> findReady(String app) {
    List<Pod> pods = client.pods().inNamespace(name).withLabel("app", app).list().getItems();
    pods.forEach(Home::requireImage);
    return pods.stream().filter(Home::isReady).findFirst();
  }

  private static void requireImage(@Nullable Pod pod) {
    missingImage(pod)
        .ifPresent(
            image -> {
              throw new IllegalStateException("the image " + image + " cannot be had");
            });
  }

  private static Optional<String> missingImage(@Nullable Pod pod) {
    return pod == null
        ? Optional.empty()
        : pod.getStatus().getContainerStatuses().stream()
            .filter(
                status ->
                    status.getState().getWaiting() != null
                        && NO_IMAGE.contains(status.getState().getWaiting().getReason()))
            .map(ContainerStatus::getImage)
            .findFirst();
  }

  private static boolean isReady(@Nullable Pod pod) {
    return pod != null
        && pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** Returns when a Deployment has its pods, and all of them as it says now. */
  public void awaitDeployment(String deployment) {
    client
        .apps()
        .deployments()
        .inNamespace(name)
        .withName(deployment)
        .waitUntilReady(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** The pod of a policy's agent. */
  public Optional<Pod> agent(String policy) {
    return client
        .pods()
        .inNamespace(name)
        .withLabel("app.kubernetes.io/component", "agent")
        .withLabel("pgbackup.dev/policy", policy)
        .list()
        .getItems()
        .stream()
        .filter(Home::isReady)
        .findFirst();
  }

  /** The same, awaited: on a busy node a probe may fail once. */
  public Pod readyAgent(String policy) {
    return Awaitility.await("the agent of " + policy + " is ready")
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> agent(policy), Optional::isPresent)
        .orElseThrow();
  }

  /** Runs an image of PostgreSQL on a restored claim; returns the name of its pod. */
  public String look(String claim, String image) {
    String pod = "look-" + claim;
    apply(
        new PodBuilder()
            .withNewMetadata()
            .withName(pod)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("postgres")
            .withImage(image)
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
    awaitReady(pod);
    return pod;
  }

  /** Ends the pod of a look; returns when it is gone, since no other may run on its claim. */
  public void endLook(String claim) {
    String pod = "look-" + claim;
    client.pods().inNamespace(name).withName(pod).delete();
    await(
        "pod " + pod + " is gone",
        () -> client.pods().inNamespace(name).withName(pod).get() == null);
  }

  /** The volumes that are for a claim of this namespace. */
  public List<PersistentVolume> volumes() {
    return client.persistentVolumes().list().getItems().stream()
        .filter(volume -> volume.getSpec().getClaimRef() != null)
        .filter(volume -> name.equals(volume.getSpec().getClaimRef().getNamespace()))
        .toList();
  }

  public boolean hasClaim(String claim) {
    return client.persistentVolumeClaims().inNamespace(name).withName(claim).get() != null;
  }

  /** Name of the volume that a claim is bound to. */
  public String volumeOf(String claim) {
    return client
        .persistentVolumeClaims()
        .inNamespace(name)
        .withName(claim)
        .require()
        .getSpec()
        .getVolumeName();
  }

  /**
   * Begins the deletion of the namespace with everything in it, also of volumes that a swap has
   * kept.
   */
  @Override
  public void close() {
    volumes().stream()
        .filter(volume -> "Retain".equals(volume.getSpec().getPersistentVolumeReclaimPolicy()))
        .forEach(
            volume ->
                client
                    .resource(volume)
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Delete\"}}"));
    client.namespaces().withName(name).delete();
  }

  /** Returns when the namespace is gone, which its policies' ends are part of. */
  public void awaitGone() {
    await("namespace " + name + " is gone", () -> client.namespaces().withName(name).get() == null);
  }
}
