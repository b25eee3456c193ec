package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Repository;
import dev.pgbackup.e2e.crds.Definitions;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.Installation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("An operator for one namespace")
class InstallationE2E {

  private static final String OPERATOR = "pgbackup-operator";
  private static final Path CHART = Repository.path("deploy/chart");

  private KubernetesClient client;
  private Home home;
  private Home databases;

  @BeforeEach
  void namespaces(ClusterUnderTest cluster) {
    client = cluster.client();
    Definitions.install(client);
    assumeTrue(
        Installation.missing(client, Installation.IMAGES).isEmpty(),
        "the cluster lacks the operator's image");
    cluster.withoutOperator();
    home = cluster.namespace("operator");
    databases = cluster.namespace("databases");
  }

  @AfterEach
  void remove() {
    databases.close();
    home.close();
  }

  @Test
  @DisplayName("works by the chart, and an uninstall leaves definitions and objects")
  void chart() {
    String kubeconfig = System.getenv("KUBECONFIG");
    assumeTrue(kubeconfig != null, "Helm is given the file that KUBECONFIG names");
    new Helm(CHART)
        .install()
        .withName("pgbackup")
        .withNamespace(home.name())
        .withKubeConfig(Path.of(kubeconfig))
        .set("watchNamespaces[0]", databases.name())
        // Installed by the kustomization, and common to all.
        .set("userRoles", "false")
        .call();
    works();
    Helm.uninstall("pgbackup")
        .withNamespace(home.name())
        .withKubeConfig(Path.of(kubeconfig))
        .call();
    Awaitility.await()
        .until(
            () ->
                client.apps().deployments().inNamespace(home.name()).withName(OPERATOR).get()
                    == null);
    assertThat(
            client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("pgbackups.pgbackup.dev")
                .get())
        .isNotNull();
    assertThat(backup()).isNotNull();
  }

  @Test
  @DisplayName("works by the kustomization")
  void kustomization() throws IOException, InterruptedException {
    for (HasMetadata object : made("deploy/overlays/namespaced")) {
      client
          .resource(object)
          .fieldManager("pgbackup-e2e")
          .forceConflicts()
          .serverSideApply();
    }
    works();
  }

  /** What kustomize makes, with the namespaces of this test. */
  private List<HasMetadata> made(String overlay) throws IOException, InterruptedException {
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", Repository.path(overlay).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = kubectl.inputReader(StandardCharsets.UTF_8)) {
      String text = out.lines().collect(Collectors.joining("\n"));
      assertThat(kubectl.waitFor()).isZero();
      return client
          .load(
              new ByteArrayInputStream(
                  text.replace("pgbackup-system", home.name())
                      .replace("namespace: databases", "namespace: " + databases.name())
                      .replace("value: databases", "value: " + databases.name())
                      .getBytes(StandardCharsets.UTF_8)))
          .items();
    } finally {
      kubectl.destroy();
    }
  }

  /** It starts, with the rights that it has, and does its work. */
  private void works() {
    client
        .apps()
        .deployments()
        .inNamespace(home.name())
        .withName(OPERATOR)
        .waitUntilReady(3, TimeUnit.MINUTES);
    client
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: pgbackup.dev/v1alpha1
                kind: PgBackup
                metadata: {name: of-no-policy, namespace: %s}
                spec: {policyRef: {name: not-there}}
                """
                    .formatted(databases.name()),
                GenericKubernetesResource.class))
        .create();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(backup().<String>get("status", "message"))
                    .contains("no PgBackupPolicy \"not-there\""));
    assertThat(restarts()).isZero();
  }

  private GenericKubernetesResource backup() {
    return client
        .genericKubernetesResources("pgbackup.dev/v1alpha1", "PgBackup")
        .inNamespace(databases.name())
        .withName("of-no-policy")
        .get();
  }

  private String pod() {
    return client
        .pods()
        .inNamespace(home.name())
        .withLabel("app.kubernetes.io/component", "operator")
        .list()
        .getItems()
        .get(0)
        .getMetadata()
        .getName();
  }

  private int restarts() {
    return client
        .pods()
        .inNamespace(home.name())
        .withName(pod())
        .get()
        .getStatus()
        .getContainerStatuses()
        .get(0)
        .getRestartCount();
  }
}
