package dev.pgbackup.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.KubernetesServer;
import io.quarkus.test.kubernetes.client.KubernetesTestServer;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithKubernetesTestServer(setup = OperatorIT.Definitions.class)
@DisplayName("The operator as a whole")
class OperatorIT {

  /** The API server of tests does not say by itself what it serves. */
  public static final class Definitions implements Consumer<KubernetesServer> {
    @Override
    public void accept(KubernetesServer server) {
      List<APIResource> kinds =
          Stream.of(PgBackupPolicy.class, PgBackup.class, PgRestore.class)
              .map(
                  type ->
                      new APIResourceBuilder()
                          .withKind(HasMetadata.getKind(type))
                          .withName(HasMetadata.getPlural(type))
                          .withNamespaced(true)
                          .build())
              .toList();
      String version = HasMetadata.getApiVersion(PgBackupPolicy.class);
      server
          .getKubernetesMockServer()
          .expect()
          .get()
          .withPath("/apis/" + version)
          .andReturn(
              HttpURLConnection.HTTP_OK,
              new APIResourceListBuilder().withGroupVersion(version).withResources(kinds).build())
          .always();
    }
  }

  @KubernetesTestServer KubernetesServer server;
  @Inject Operator operator;
  @Inject KubernetesClient client;
  @Inject OperatorSettings settings;

  @TestHTTPResource("/metrics")
  URI metrics;

  @Test
  @DisplayName(
      "tries again what failed, shows conditions as metrics, and looks at what is as it should be without asking the API server")
  void retries() {
    operator.start();
    // Its key is not there, so that no agent can be made.
    Manifests.master().forEach(object -> client.resource(object).create());
    client.resource(Manifests.policy()).create();
    Awaitility.await("a failure is counted")
        .atMost(Duration.ofSeconds(20))
        .until(() -> page().contains("reconciliations_failure_total"));
    assertThat(agentIsThere()).isFalse();

    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(settings.namespace())
                .withName(settings.signingKey().secret())
                .endMetadata()
                .build())
        .create();

    // Sooner than the interval at which everything is looked at.
    Awaitility.await("the agent is made").atMost(Duration.ofSeconds(30)).until(this::agentIsThere);
    Awaitility.await("the condition is shown")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(page())
                    .contains(
                        "pgbackup_condition{kind=\"PgBackupPolicy\",namespace=\"shop\",name=\"master\",condition=\"TargetResolved\"} 1.0"));
    assertThat(page())
        .as("what is asked of the API server is counted")
        .contains(
            "pgbackup_api_requests_total{group=\"apps\",resource=\"deployments\",verb=\"create\"}");
    assertThat(client.resources(PgBackupPolicy.class).inNamespace("shop").list().getItems())
        .hasSize(1);

    // Nothing has changed, and what there is it knows from its watches.
    requests();
    double looks = reconciliations();
    Awaitility.await("the policy is looked at again")
        .atMost(Duration.ofSeconds(30))
        .until(() -> reconciliations() >= looks + 2);
    assertThat(requests()).isEmpty();
  }

  /** What was asked of the API server since this was called last. */
  private List<String> requests() {
    return Stream.generate(this::request)
        .takeWhile(Objects::nonNull)
        .map(request -> request.getMethod() + " " + request.getPath())
        .toList();
  }

  private @Nullable RecordedRequest request() {
    try {
      return server.getKubernetesMockServer().takeRequest(1, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private double reconciliations() {
    return page()
        .lines()
        .filter(line -> line.startsWith("reconciliations_success_total"))
        .filter(line -> line.contains("policies"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private boolean agentIsThere() {
    return client.apps().deployments().inNamespace("shop").withName("pgbackup-master").get()
        != null;
  }

  private String page() {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
