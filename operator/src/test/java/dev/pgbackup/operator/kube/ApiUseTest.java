package dev.pgbackup.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnableKubernetesMockClient(crud = true)
@DisplayName("What is asked of the API server, in the words of its rules")
class ApiUseTest {

  KubernetesMockServer server;
  KubernetesClient client;

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      nullValues = "-",
      value = {
        "GET, /api/v1/namespaces/shop/pods/master-0, -, get, '', pods",
        "GET, /api/v1/namespaces/shop/pods/master-0/log?tailLines=9, -, get, '', pods/log",
        "GET, /api/v1/namespaces/shop/pods, -, list, '', pods",
        "GET, /api/v1/pods, -, list, '', pods",
        "GET, /api/v1/namespaces/shop, -, get, '', namespaces",
        "GET, /apis/batch/v1/jobs?resourceVersion=7&watch=true, -, watch, batch, jobs",
        "GET, /apis/storage.k8s.io/v1/storageclasses/fast, -, get, storage.k8s.io, storageclasses",
        "POST, /apis/apps/v1/namespaces/shop/deployments, application/json, create, apps, deployments",
        "PUT, /api/v1/namespaces/a/secrets/key, application/json, update, '', secrets",
        "PATCH, /apis/apps/v1/namespaces/a/deployments/b, application/apply-patch+yaml, apply, apps, deployments",
        "PATCH, /apis/pgbackup.dev/v1alpha1/namespaces/a/pgrestores/b/status, application/json-patch+json, patch, pgbackup.dev, pgrestores/status",
        "DELETE, /apis/batch/v1/namespaces/a/jobs/b, -, delete, batch, jobs",
        "DELETE, /apis/batch/v1/namespaces/a/jobs, -, deletecollection, batch, jobs"
      })
  @DisplayName("is read from method, path and query")
  void read(
      String method, String uri, String contentType, String verb, String group, String resource) {
    assertThat(ApiUse.of(method, URI.create("https://10.0.0.1" + uri), contentType))
        .contains(new ApiUse(verb, group, resource));
  }

  @ParameterizedTest
  @CsvSource({"/version", "/api/v1", "/apis", "/apis/pgbackup.dev/v1alpha1", "/healthz"})
  @DisplayName("is nothing where there is no resource")
  void none(String path) {
    assertThat(ApiUse.of("GET", URI.create("https://10.0.0.1" + path), null)).isEmpty();
  }

  @Test
  @DisplayName("is counted for every request of the client")
  void counted() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (KubernetesClient counted =
        CountedClient.client(client.getConfiguration(), new KubernetesSerialization(), registry)) {
      counted
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withNamespace("shop")
                  .withName("a")
                  .endMetadata()
                  .build())
          .create();
      counted.configMaps().inNamespace("shop").withName("a").get();
      ConfigMap map = counted.configMaps().inNamespace("shop").withName("a").get();
      // The server of tests may not know how to apply; it is asked all the same.
      assertThat(catchThrowable(() -> counted.resource(map).fieldManager("test").serverSideApply()))
          .satisfiesAnyOf(
              failure -> assertThat(failure).isNull(),
              failure -> assertThat(failure).isInstanceOf(KubernetesClientException.class));
    }
    assertThat(
            registry
                .get("pgbackup.api.requests")
                .tags("verb", "get", "group", "", "resource", "configmaps")
                .counter()
                .count())
        .isEqualTo(2);
    assertThat(registry.get("pgbackup.api.requests").tags("verb", "create").counter().count())
        .isEqualTo(1);
    assertThat(registry.get("pgbackup.api.requests").tags("verb", "apply").counter().count())
        .isPositive();
  }
}
