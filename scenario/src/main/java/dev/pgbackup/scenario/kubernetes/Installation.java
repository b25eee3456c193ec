package dev.pgbackup.scenario.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The operator of a cluster, as {@code deploy/overlays/cluster-wide} installs it. */
public final class Installation {

  public static final String NAMESPACE = "pgbackup-system";
  public static final List<String> IMAGES =
      List.of("pgbackup-operator:latest", "pgbackup-agent:latest");

  private static final String OPERATOR = "pgbackup-operator";
  private static final String FIELD_MANAGER = "pgbackup-scenario";
  private static final long PATIENCE_SECONDS = 180;

  private final KubernetesClient client;
  private final List<Path> manifests;

  /**
   * @param root of the repository
   */
  public Installation(KubernetesClient client, Path root) {
    this.client = client;
    this.manifests = manifests(root.resolve("deploy"));
  }

  /** All that the kustomization takes: the namespace and the definitions before what needs them. */
  private static List<Path> manifests(Path deploy) {
    Path namespace = deploy.resolve("base/namespace.yaml");
    try (Stream<Path> base = Files.list(deploy.resolve("base"))) {
      return Stream.concat(
              Stream.of(namespace, deploy.resolve("chart/crds/crds.yaml")),
              base.filter(file -> !file.equals(namespace) && !file.endsWith("kustomization.yaml"))
                  .sorted())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether an operator is installed, ready or not. */
  public boolean isThere() {
    return deployment().get() != null;
  }

  /**
   * As {@code kubectl apply --server-side -k} with that folder; returns when the operator is ready.
   */
  public void apply() {
    objects().forEach(this::apply);
    definitions()
        .forEach(
            definition ->
                client
                    .resource(definition)
                    .waitUntilCondition(
                        Installation::isEstablished, PATIENCE_SECONDS, TimeUnit.SECONDS));
    awaitReady();
  }

  /** Returns when an operator is ready. */
  public void awaitReady() {
    deployment().waitUntilReady(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends the operator; definitions, roles and what runs by it stay. Returns when it is gone. */
  public void stop() {
    deployment().delete();
    client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .resources()
        .forEach(
            pod ->
                pod.waitUntilCondition(gone -> gone == null, PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** Whether the definitions of the custom resources are there, with or without an operator. */
  public boolean hasDefinitions() {
    return !definitions().isEmpty();
  }

  private List<CustomResourceDefinition> definitions() {
    return client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .filter(definition -> definition.getSpec().getGroup().equals("pgbackup.dev"))
        .toList();
  }

  /**
   * As {@code kubectl delete -k} with that folder; returns when the namespace is gone.
   *
   * @param definitions whether the definitions go, too, and with them every custom resource of the
   *     cluster
   */
  public void remove(boolean definitions) {
    objects().stream()
        .filter(object -> !(object instanceof Namespace))
        .filter(object -> definitions || !(object instanceof CustomResourceDefinition))
        .forEach(object -> client.resource(object).delete());
    client.namespaces().withName(NAMESPACE).delete();
    client
        .namespaces()
        .withName(NAMESPACE)
        .waitUntilCondition(gone -> gone == null, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Those of some images that no node of the cluster has. */
  public static List<String> missing(KubernetesClient client, List<String> images) {
    List<String> there =
        client.nodes().list().getItems().stream()
            .flatMap(node -> node.getStatus().getImages().stream())
            // One that was replaced under its name has none any more.
            .map(image -> Optional.ofNullable(image.getNames()).orElse(List.of()))
            .flatMap(List::stream)
            .toList();
    return images.stream()
        .filter(
            image ->
                there.stream().noneMatch(name -> name.equals(image) || name.endsWith("/" + image)))
        .toList();
  }

  private RollableScalableResource<Deployment> deployment() {
    return client.apps().deployments().inNamespace(NAMESPACE).withName(OPERATOR);
  }

  private List<HasMetadata> objects() {
    return manifests.stream().flatMap(file -> objects(file).stream()).toList();
  }

  private List<HasMetadata> objects(Path file) {
    try (var in = Files.newInputStream(file)) {
      return client.load(in).items();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void apply(HasMetadata object) {
    client.resource(object).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition != null
        && definition.getStatus() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }
}
