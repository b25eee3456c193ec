package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.TestNamespace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
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
@DisplayName("The walkthrough on a cluster, rows 11 to 13: swapped in, and undone")
class SwapE2E {

  private static final String POLICIES = "PgBackupPolicy";
  private static final String BACKUPS = "PgBackup";
  private static final String RESTORES = "PgRestore";
  private static final String MASTER = "master-0";
  private static final String CLAIM = "data-master-0";
  private static final String KEPT = "data-master-0-before-restore-xid-635";
  private static final String TIMELINE =
      "select substring(pg_walfile_name(pg_current_wal_lsn()) for 8)";
  private static final String ROWS = "select string_agg(what, ' ' order by id) from note";

  private static Stage stage;
  private static TestNamespace home;
  private static String xid;
  private static String oldVolume;

  @BeforeAll
  static void set(ClusterUnderTest cluster) {
    stage = Stage.set(cluster);
    home = stage.home();
    stage.example(home, "master/master.yaml");
    stage.awaitReady(home, MASTER);
    stage.example(home, "backuppolicy.yaml");
    stage.await(home, POLICIES, "master", "Ready");
    stage.sql(home, MASTER, "create table note (id int generated always as identity, what text)");
    stage.sql(home, MASTER, "insert into note (what) values ('before')");
    xid = stage.sql(home, MASTER, "select txid_current()");
    stage.sql(home, MASTER, "insert into note (what) values ('after')");
    oldVolume = claim(CLAIM).getSpec().getVolumeName();
  }

  @AfterAll
  static void end() {
    if (stage != null) {
      stage.close();
    }
  }

  private static PersistentVolumeClaim claim(String name) {
    return stage.client().persistentVolumeClaims().inNamespace(home.name()).withName(name).get();
  }

  private static PersistentVolume volume(String name) {
    return stage.client().persistentVolumes().withName(name).get();
  }

  private static GenericKubernetesResource restore(String name) {
    return stage.get(home, RESTORES, name);
  }

  @Test
  @Order(1)
  @DisplayName("row 11: one manifest, and the master is as it was at the transaction")
  void swapped() {
    stage.example(home, "restore-xid-635.yaml", Map.of("xid: \"635\"", "xid: \"" + xid + "\""));
    stage.await(home, RESTORES, "restore-xid-635", "Complete");
    stage.awaitReady(home, MASTER);
    assertThat(stage.sql(home, MASTER, ROWS)).isEqualTo("before");
    assertThat(stage.sql(home, MASTER, TIMELINE)).isEqualTo("00000002");
  }

  @Test
  @Order(2)
  @DisplayName("row 11: the old volume is kept under its own name, the new one is the master's")
  void kept() {
    assertThat(claim(KEPT).getSpec().getVolumeName()).isEqualTo(oldVolume);
    assertThat(claim(KEPT).getMetadata().getOwnerReferences()).isEmpty();
    assertThat(claim(KEPT).getMetadata().getLabels()).isNullOrEmpty();
    assertThat(volume(oldVolume).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
    String newVolume = claim(CLAIM).getSpec().getVolumeName();
    assertThat(newVolume).isNotEqualTo(oldVolume);
    assertThat(volume(newVolume).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Delete");
    assertThat(volume(newVolume).getMetadata().getAnnotations().keySet())
        .noneMatch(key -> key.startsWith("pgbackup.dev/"));
    assertThat(stage.hasClaim(home, "restore-xid-635")).isFalse();
  }

  @Test
  @Order(3)
  @DisplayName("row 13, C11: streaming goes on, the slot is there, and a base backup was taken")
  void goesOn() {
    assertThat(restore("restore-xid-635").<String>get("status", "phase")).isEqualTo("Succeeded");
    assertThat(restore("restore-xid-635").<Object>get("status", "swap", "downtimeSeconds"))
        .isNotNull();
    assertThat(restore("restore-xid-635").getMetadata().getFinalizers()).isEmpty();
    assertThat(stage.sql(home, MASTER, "select slot_name from pg_replication_slots"))
        .isEqualTo("pgbackup_master");
    stage.await(home, POLICIES, "master", "Ready");
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(stage.list(home, BACKUPS))
                    .anySatisfy(
                        b -> assertThat(b.<String>get("status", "origin")).isEqualTo("PostRestore")));
  }

  @Test
  @Order(4)
  @DisplayName("C4 the manifest deleted and made again by a GitOps tool swaps nothing")
  void alreadyApplied() {
    String volume = claim(CLAIM).getSpec().getVolumeName();
    GenericKubernetesResource manifest = restore("restore-xid-635");
    stage.delete(home, RESTORES, "restore-xid-635");
    Awaitility.await().until(() -> restore("restore-xid-635") == null);
    stage.example(home, "restore-xid-635.yaml", Map.of("xid: \"635\"", "xid: \"" + xid + "\""));
    stage.await(home, RESTORES, "restore-xid-635", "Complete");
    assertThat(restore("restore-xid-635").<String>get("status", "phase"))
        .isEqualTo("AlreadyApplied");
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(volume);
    assertThat(manifest.getMetadata().getUid())
        .isNotEqualTo(restore("restore-xid-635").getMetadata().getUid());
  }

  @Test
  @Order(5)
  @DisplayName("row 12, C10: undone by one manifest, every row is there again, on timeline 1")
  void undone() {
    stage.sql(home, MASTER, "insert into note (what) values ('on the new branch')");
    stage.example(
        home,
        "undo-restore-xid-635.yaml",
        Map.of("restoreRef: {name: restore-xid-635}", "claimName: " + KEPT));
    stage.await(home, RESTORES, "undo-restore-xid-635", "Complete");
    stage.awaitReady(home, MASTER);
    assertThat(stage.sql(home, MASTER, ROWS)).isEqualTo("before after");
    assertThat(stage.sql(home, MASTER, TIMELINE)).isEqualTo("00000001");
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(oldVolume);
    assertThat(volume(oldVolume).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Delete");
    assertThat(stage.hasClaim(home, KEPT)).isFalse();
    assertThat(stage.hasClaim(home, "data-master-0-before-undo-restore-xid-635")).isTrue();
    stage.await(home, POLICIES, "master", "Ready");
  }

  @Test
  @Order(6)
  @DisplayName("C10 a second restore after the undo follows the old branch, and becomes timeline 3")
  void again() {
    stage.sql(home, MASTER, "insert into note (what) values ('more')");
    String later = stage.sql(home, MASTER, "select txid_current()");
    stage.sql(home, MASTER, "insert into note (what) values ('most')");
    stage.example(
        home,
        "restore-xid-635.yaml",
        Map.of("name: restore-xid-635", "name: second", "xid: \"635\"", "xid: \"" + later + "\""));
    stage.await(home, RESTORES, "second", "Complete");
    stage.awaitReady(home, MASTER);
    assertThat(stage.sql(home, MASTER, ROWS)).isEqualTo("before after more");
    assertThat(stage.sql(home, MASTER, TIMELINE)).isEqualTo("00000003");
  }
}
