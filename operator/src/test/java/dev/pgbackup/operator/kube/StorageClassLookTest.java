package dev.pgbackup.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
@DisplayName("Whether a StorageClass is lacking")
class StorageClassLookTest {

  private static final String PATH = "/apis/storage.k8s.io/v1/storageclasses/fast";

  KubernetesMockServer server;
  KubernetesClient client;

  private boolean lacking(int code, Object answer) {
    server.expect().get().withPath(PATH).andReturn(code, answer).always();
    return new ClusterReader(client).lacksStorageClass("fast");
  }

  private static Status status(int code) {
    return new StatusBuilder().withCode(code).build();
  }

  @Test
  @DisplayName("is so if the API server knows none of that name")
  void unknown() {
    assertThat(lacking(404, status(404))).isTrue();
  }

  @Test
  @DisplayName("is not so if it is there")
  void present() {
    assertThat(
            lacking(
                200,
                new StorageClassBuilder()
                    .withNewMetadata()
                    .withName("fast")
                    .endMetadata()
                    .withProvisioner("example.com/disk")
                    .build()))
        .isFalse();
  }

  @Test
  @DisplayName("is not said by an operator of some namespaces, which may not look")
  void forbidden() {
    assertThat(lacking(403, status(403))).isFalse();
  }

  @Test
  @DisplayName("is not said either because the API server fails")
  void failing() {
    assertThatThrownBy(() -> lacking(422, status(422)))
        .isInstanceOf(KubernetesClientException.class);
  }
}
