package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Repository;
import dev.pgbackup.e2e.crds.Definitions;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asks the cluster itself, after the roles were installed as they are shipped. */
@OnCluster
@DisplayName("Who may do what, by the roles that are shipped")
class RightsE2E {

  private static final String SWAP = "pgbackup-operator-swap";
  private static final String OPERATOR = "system:serviceaccount:pgbackup-system:pgbackup-operator";

  private static KubernetesClient client;
  private static Home namespace;

  @BeforeAll
  static void install(ClusterUnderTest cluster) {
    client = cluster.client();
    Definitions.install(client);
    namespace = cluster.namespace("rights");
    // As if it had been left out: another test may have installed it.
    client.rbac().clusterRoleBindings().withName(SWAP).delete();
    for (String file : new String[] {"namespace", "operator-rbac", "user-roles"}) {
      Repository.objects(client, Repository.path("deploy/base/" + file + ".yaml"))
          .forEach(
              object ->
                  client
                      .resource(object)
                      .fieldManager("pgbackup-e2e")
                      .forceConflicts()
                      .serverSideApply());
    }
    for (String role :
        new String[] {"pgbackup-view", "pgbackup-backup", "pgbackup-restore", "view"}) {
      client
          .resource(
              new RoleBindingBuilder()
                  .withNewMetadata()
                  .withName(role)
                  .withNamespace(namespace.name())
                  .endMetadata()
                  .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                  .addNewSubject(null, "User", "has-" + role, null)
                  .build())
          .create();
    }
  }

  @AfterAll
  static void remove() {
    namespace.close();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "watch,  pgbackup.dev/pgbackuppolicies",
    "update, pgbackup.dev/pgrestores/status",
    "delete, pgbackup.dev/pgbackups",
    "list,   apps/statefulsets",
    "patch,  apps/deployments",
    "create, apps/statefulsets",
    "create, /services",
    "create, batch/jobs",
    "create, /persistentvolumeclaims",
    "get,    /pods/log",
    "create, events.k8s.io/events"
  })
  @DisplayName("the operator may do its work in every namespace")
  void operatorMay(String verb, String resource) {
    eventually(() -> assertThat(may(OPERATOR, namespace.name(), verb, resource, "")).isTrue());
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "get,    /secrets",
    "list,   /secrets",
    "create, /secrets",
    "create, /pods",
    "create, /pods/exec",
    "get,    /pods/exec",
    "patch,  apps/statefulsets",
    "update, apps/statefulsets/scale",
    "delete, /persistentvolumeclaims",
    "patch,  /persistentvolumes",
    "create, rbac.authorization.k8s.io/rolebindings",
    "bind,   rbac.authorization.k8s.io/clusterroles",
    "create, pgbackup.dev/pgrestores"
  })
  @DisplayName(
      "C16 the operator may neither read a user's Secret, nor enter a pod, nor change what is the user's")
  void operatorMayNot(String verb, String resource) {
    assertThat(may(OPERATOR, namespace.name(), verb, resource, "")).isFalse();
  }

  @Test
  @DisplayName(
      "the rights of a swap are a role of their own, and none of it is about Secrets or scale")
  void swap() {
    Repository.objects(client, Repository.path("deploy/base/operator-swap-rbac.yaml"))
        .forEach(
            object ->
                client
                    .resource(object)
                    .fieldManager("pgbackup-e2e")
                    .forceConflicts()
                    .serverSideApply());
    try {
      eventually(() -> assertThat(may(OPERATOR, namespace.name(), "delete", "/pods", "")).isTrue());
      assertThat(may(OPERATOR, "", "patch", "/persistentvolumes", "")).isTrue();
      assertThat(may(OPERATOR, "", "delete", "/persistentvolumes", "")).isFalse();
      assertThat(may(OPERATOR, namespace.name(), "update", "apps/statefulsets/scale", ""))
          .isFalse();
      assertThat(may(OPERATOR, namespace.name(), "get", "/secrets", "")).isFalse();
    } finally {
      client.rbac().clusterRoleBindings().withName(SWAP).delete();
    }
  }

  @Test
  @DisplayName("C16 of all Secrets the operator may read its own key, by name")
  void ownKey() {
    String home = "pgbackup-system";
    eventually(
        () -> assertThat(may(OPERATOR, home, "get", "/secrets", "pgbackup-operator-key")).isTrue());
    assertThat(may(OPERATOR, home, "get", "/secrets", "another")).isFalse();
    assertThat(may(OPERATOR, home, "list", "/secrets", "")).isFalse();
  }

  @ParameterizedTest(name = "{0}: {1} {2} is {3}")
  @CsvSource({
    "has-pgbackup-view,    list,   pgbackuppolicies, true",
    "has-pgbackup-view,    create, pgbackuppolicies, false",
    "has-pgbackup-view,    create, pgbackups,        false",
    "has-pgbackup-view,    create, pgrestores,       false",
    "has-pgbackup-backup,  create, pgbackuppolicies, true",
    "has-pgbackup-backup,  delete, pgbackups,        true",
    "has-pgbackup-backup,  get,    pgrestores,       true",
    "has-pgbackup-backup,  create, pgrestores,       false",
    "has-pgbackup-restore, create, pgrestores,       true",
    "has-pgbackup-restore, list,   pgbackups,        true",
    "has-pgbackup-restore, create, pgbackuppolicies, false",
    "has-view,             list,   pgrestores,       true",
    "has-view,             create, pgrestores,       false"
  })
  @DisplayName("people who may look, back up, restore, and not the other things")
  void people(String user, String verb, String resource, boolean allowed) {
    eventually(
        () ->
            assertThat(may(user, namespace.name(), verb, "pgbackup.dev/" + resource, ""))
                .isEqualTo(allowed));
  }

  /** Roles take effect, and are added up, a moment after they were written. */
  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion);
  }

  /**
   * @param resource group, resource and subresource, as in {@code apps/deployments} or {@code
   *     /pods/log}
   */
  private static boolean may(
      String user, String namespaceName, String verb, String resource, String name) {
    String[] parts = resource.split("/", 3);
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user)
            .withNewResourceAttributes()
            .withNamespace(namespaceName)
            .withVerb(verb)
            .withGroup(parts[0])
            .withResource(parts[1])
            .withSubresource(parts.length > 2 ? parts[2] : "")
            .withName(name)
            .endResourceAttributes()
            .endSpec()
            .build();
    return client.resource(review).create().getStatus().getAllowed();
  }
}
