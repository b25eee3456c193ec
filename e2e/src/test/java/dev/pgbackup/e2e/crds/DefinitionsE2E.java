package dev.pgbackup.e2e.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@OnCluster
@DisplayName("The custom resources as a cluster serves them")
class DefinitionsE2E {

  private static KubernetesClient client;
  private static Home namespace;

  @BeforeAll
  static void install(ClusterUnderTest cluster) {
    cluster.withoutOperator();
    client = cluster.client();
    Definitions.install(client);
    namespace = cluster.namespace("definitions");
  }

  @AfterAll
  static void remove() {
    namespace.close();
  }

  @Test
  @DisplayName("short names and the common category are known to kubectl")
  void names() {
    List<APIResource> served =
        client.getApiResources("pgbackup.dev/v1alpha1").getResources().stream()
            .filter(resource -> !resource.getName().contains("/"))
            .toList();
    assertThat(served)
        .extracting(APIResource::getKind, resource -> resource.getShortNames().get(0))
        .containsExactlyInAnyOrder(
            tuple("PgBackupPolicy", "pgbp"), tuple("PgBackup", "pgb"), tuple("PgRestore", "pgr"));
    assertThat(served)
        .allSatisfy(
            resource -> {
              assertThat(resource.getNamespaced()).isTrue();
              assertThat(resource.getCategories()).containsExactly("pgbackup");
            });
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(Manifest.POLICY, PgBackupPolicy.class),
        Arguments.of(Manifest.BACKUP, PgBackup.class),
        Arguments.of(Manifest.RESTORE, PgRestore.class),
        Arguments.of(Manifest.RESTORE_FROM_STORAGE, PgRestore.class));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @DisplayName("defaults of the API server are those of the types")
  void defaults(Manifest manifest, Class<? extends CustomResource<?, ?>> type) {
    GenericKubernetesResource served =
        client.resource(manifest.resource()).inNamespace(namespace.name()).dryRun().create();
    CustomResource<?, ?> read = Serialization.unmarshal(manifest.tree().toString(), type);
    assertThat(tree(served).path("spec")).isEqualTo(tree(read).path("spec"));
  }

  @Test
  @DisplayName("a status is written apart from the spec, and its conditions are merged by type")
  void status() {
    PgRestore restore =
        client
            .resource(read(Manifest.RESTORE.with("metadata.name", "with-status")))
            .inNamespace(namespace.name())
            .create();
    assertThat(restore.getStatus()).isNull();

    restore.setStatus(withConditions("Ready", "Reconciling"));
    PgRestore updated = client.resource(restore).updateStatus();
    assertThat(updated.getMetadata().getGeneration()).isEqualTo(1);
    assertThat(updated.getStatus()).isEqualTo(restore.getStatus());

    PgRestore partial = new PgRestore();
    partial.getMetadata().setName(restore.getMetadata().getName());
    partial.getMetadata().setNamespace(namespace.name());
    partial.setStatus(withConditions("Stalled"));
    PgRestore merged =
        client
            .resource(partial)
            .subresource("status")
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager("another")
                    .withForce(true)
                    .build());
    assertThat(merged.getStatus().conditions())
        .extracting(condition -> condition.getType())
        .containsExactlyInAnyOrder("Ready", "Reconciling", "Stalled");
  }

  private static PgRestoreStatus withConditions(String... types) {
    List<Condition> conditions =
        Stream.of(types)
            .map(
                type ->
                    new ConditionBuilder()
                        .withType(type)
                        .withStatus("False")
                        .withReason("Sample")
                        .withMessage("A sample.")
                        .withLastTransitionTime(Instant.EPOCH.toString())
                        .build())
            .toList();
    return Serialization.unmarshal(
        Serialization.asJson(Map.of("observedGeneration", 1, "conditions", conditions)),
        PgRestoreStatus.class);
  }

  static Stream<Arguments> columns() {
    return Stream.of(
        Arguments.of(
            "pgbackuppolicies",
            List.of("Name", "Ready", "State", "Restorable-To", "Last-Backup", "Reason", "Age")),
        Arguments.of(
            "pgbackups", List.of("Name", "Policy", "Phase", "End", "TL", "Size", "Stored", "Age")),
        Arguments.of(
            "pgrestores", List.of("Name", "Policy", "Target", "Mode", "Phase", "Progress", "Age")));
  }

  @ParameterizedTest
  @MethodSource("columns")
  @DisplayName("kubectl get shows the columns that matter, in the order in which one reads them")
  void columns(String plural, List<String> names) throws Exception {
    var http = client.getHttpClient();
    var request =
        http.newHttpRequestBuilder()
            .uri(
                client.getMasterUrl()
                    + "apis/pgbackup.dev/v1alpha1/namespaces/"
                    + namespace.name()
                    + "/"
                    + plural)
            .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
            .build();
    JsonNode table =
        Serialization.unmarshal(http.sendAsync(request, String.class).get().body(), JsonNode.class);
    assertThat(table.path("columnDefinitions").findValuesAsText("name"))
        .containsExactlyElementsOf(names);
  }

  private static PgRestore read(GenericKubernetesResource resource) {
    return Serialization.unmarshal(Serialization.asJson(resource), PgRestore.class);
  }

  private static JsonNode tree(Object resource) {
    return Serialization.unmarshal(Serialization.asJson(resource), JsonNode.class);
  }
}
