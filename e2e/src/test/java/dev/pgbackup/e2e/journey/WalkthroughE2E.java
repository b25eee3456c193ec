package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("The walkthrough on a cluster, rows 1 to 10")
class WalkthroughE2E {

  private static final String POLICIES = "PgBackupPolicy";
  private static final String BACKUPS = "PgBackup";
  private static final String RESTORES = "PgRestore";
  private static final String MASTER = "master-0";
  private static final String DATABASES =
      "select string_agg(datname, ' ' order by datname) from pg_database"
          + " where not datistemplate and datname <> 'postgres'";

  private static Stage stage;
  private static TestNamespace home;
  private static String xid;

  @BeforeAll
  static void set(ClusterUnderTest cluster) {
    stage = Stage.set(cluster);
    home = stage.home();
    stage.example(home, "master/master.yaml");
    stage.awaitReady(home, MASTER);
  }

  @AfterAll
  static void end() {
    if (stage != null) {
      stage.close();
    }
  }

  @Test
  @Order(1)
  @DisplayName("C1, rows 1 to 3: one manifest, and the master is archived and has a base backup")
  void policy() {
    stage.example(home, "backuppolicy.yaml");
    stage.await(home, POLICIES, "master", "Ready");
  }

  @Test
  @Order(2)
  @DisplayName("row 4: the slot is there, with WAL reserved, and shown in the status")
  void slot() {
    assertThat(stage.sql(home, MASTER, "select slot_name, wal_status from pg_replication_slots"))
        .isEqualTo("pgbackup_master|reserved");
    GenericKubernetesResource policy = stage.get(home, POLICIES, "master");
    assertThat(policy.<String>get("status", "archiving", "slotName")).isEqualTo("pgbackup_master");
  }

  @Test
  @Order(3)
  @DisplayName(
      "rows 5 and 7: databases aa and bb, a transaction to go back to, then cc; the backup is listed")
  void databases() {
    stage.sql(home, MASTER, "create database aa");
    stage.sql(home, MASTER, "create database bb");
    xid = stage.sql(home, MASTER, "select txid_current()");
    stage.sql(home, MASTER, "create database cc");
    assertThat(stage.list(home, BACKUPS))
        .anySatisfy(b -> assertThat(b.<String>get("status", "phase")).isEqualTo("Completed"));
  }

  @Test
  @Order(4)
  @DisplayName("rows 6 and 8, C3: the latest state in a new volume has aa, bb and cc")
  void latest() {
    stage.example(home, "restore-to-volume.yaml");
    stage.await(home, RESTORES, "restore-to-volume", "Complete");
    assertThat(stage.look(home, "restore-to-volume", DATABASES)).isEqualTo("aa bb cc");
  }

  @Test
  @Order(5)
  @DisplayName(
      "rows 9 and 10, C3: the state at the transaction has aa and bb, and no cc; streaming goes on")
  void transaction() {
    stage.example(
        home,
        "restore-to-volume.yaml",
        Map.of("name: restore-to-volume", "name: to-xid", "latest: {}", "xid: \"" + xid + "\""));
    stage.await(home, RESTORES, "to-xid", "Complete");
    assertThat(stage.look(home, "to-xid", DATABASES)).isEqualTo("aa bb");
    assertThat(stage.condition(home, POLICIES, "master", "Ready")).isEqualTo("True");
  }

  @Test
  @Order(6)
  @DisplayName("C4 the same manifest, deleted and made again: nothing happens twice")
  void again() {
    stage.delete(home, RESTORES, "to-xid");
    Awaitility.await().until(() -> stage.get(home, RESTORES, "to-xid") == null);
    stage.example(
        home,
        "restore-to-volume.yaml",
        Map.of("name: restore-to-volume", "name: to-xid", "latest: {}", "xid: \"" + xid + "\""));
    stage.await(home, RESTORES, "to-xid", "Complete");
    assertThat(stage.get(home, RESTORES, "to-xid").<String>get("status", "phase"))
        .isEqualTo("AlreadyApplied");
  }

  @Test
  @Order(7)
  @DisplayName(
      "T6 a transaction that never was is refused with what there is, and no volume is made")
  void refused() {
    stage.example(
        home,
        "restore-to-volume.yaml",
        Map.of("name: restore-to-volume", "name: beyond", "latest: {}", "xid: \"99999\""));
    stage.await(home, RESTORES, "beyond", "Failed");
    GenericKubernetesResource refused = stage.get(home, RESTORES, "beyond");
    assertThat(refused.<String>get("status", "message")).contains("99999").contains("nearest");
    assertThat(stage.hasClaim(home, "beyond")).isFalse();
  }

  @Test
  @Order(8)
  @DisplayName("C2 a backup on demand; the policy suspended and resumed")
  void onDemand() {
    stage.example(home, "backup-now.yaml");
    stage.await(home, BACKUPS, "before-migration", "Complete");
    stage.patch(home, POLICIES, "master", "{\"spec\":{\"suspend\":true}}");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> stage.condition(home, POLICIES, "master", "Ready").equals("False"));
    stage.patch(home, POLICIES, "master", "{\"spec\":{\"suspend\":false}}");
    stage.await(home, POLICIES, "master", "Ready");
  }

  @Test
  @Order(9)
  @DisplayName(
      "C14, C15 from the bucket alone, in a namespace with the restricted standard, then a master on it")
  void emptyCluster() {
    try (TestNamespace empty = stage.another("empty")) {
      label(empty, "restricted");
      stage.example(empty, "restore-into-empty-cluster.yaml");
      stage.await(empty, RESTORES, "restore-into-empty-cluster", "Complete");
      // The official image begins as root, which that standard does not admit.
      label(empty, "privileged");
      stage.example(empty, "master/master.yaml");
      stage.awaitReady(empty, MASTER);
      assertThat(stage.sql(empty, MASTER, DATABASES)).isEqualTo("aa bb cc");
    }
  }

  private static void label(TestNamespace namespace, String standard) {
    stage
        .client()
        .namespaces()
        .withName(namespace.name())
        .edit(
            n -> {
              n.getMetadata().getLabels().put("pod-security.kubernetes.io/enforce", standard);
              return n;
            });
  }

  @Test
  @Order(10)
  @DisplayName("C16 no secret in status, events, arguments and logs")
  void secrets() {
    StringBuilder everything = new StringBuilder();
    for (String kind : new String[] {POLICIES, BACKUPS, RESTORES}) {
      stage.list(home, kind).forEach(o -> everything.append(Serialization.asYaml(o)));
    }
    var client = stage.client();
    everything.append(Serialization.asYaml(client.v1().events().inNamespace(home.name()).list()));
    client
        .pods()
        .inNamespace(home.name())
        .withLabel("app.kubernetes.io/managed-by", "pgbackup-operator")
        .list()
        .getItems()
        .forEach(
            pod -> {
              everything.append(Serialization.asYaml(pod));
              pod.getSpec()
                  .getContainers()
                  .forEach(
                      c ->
                          everything.append(
                              client.pods().resource(pod).inContainer(c.getName()).getLog()));
            });
    client
        .pods()
        .inNamespace("pgbackup-system")
        .list()
        .getItems()
        .forEach(pod -> everything.append(client.pods().resource(pod).getLog()));
    assertThat(everything)
        .contains("before-migration")
        .doesNotContain(Stage.SECRET)
        .doesNotContain("change-me");
  }

  @Test
  @Order(11)
  @DisplayName("C13 the policy deleted: its slot is gone, and nothing of the agent is left")
  void deleted() {
    stage.delete(home, POLICIES, "master");
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> stage.get(home, POLICIES, "master") == null);
    assertThat(stage.sql(home, MASTER, "select count(*) from pg_replication_slots")).isEqualTo("0");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                stage
                        .client()
                        .apps()
                        .deployments()
                        .inNamespace(home.name())
                        .withName("pgbackup-master")
                        .get()
                    == null);
  }
}
