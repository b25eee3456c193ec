package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.sql.SQLException;
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

  private static final String CLAIM = "data-master-0";
  private static final String KEPT = "data-master-0-before-restore-xid-635";
  private static final String TIMELINE =
      "select substring(pg_walfile_name(pg_current_wal_lsn()) for 8)";
  private static final String ROWS = "select string_agg(what, ' ' order by id) from note";

  private static Shop shop;
  private static Home home;
  private static String xid;
  private static String oldVolume;

  @BeforeAll
  static void set(ClusterUnderTest cluster) throws SQLException {
    cluster.operator();
    shop = Shop.prepare(cluster, "journey");
    home = shop.home();
    shop.protect();
    execute("create table note (id int generated always as identity, what text)");
    execute("insert into note (what) values ('before')");
    xid = query("select txid_current()");
    execute("insert into note (what) values ('after')");
    oldVolume = claim(CLAIM).getSpec().getVolumeName();
  }

  @AfterAll
  static void end() {
    if (shop != null) {
      shop.close();
    }
  }

  private static void execute(String sql) throws SQLException {
    shop.master().execute("postgres", sql);
  }

  private static String query(String sql) throws SQLException {
    return shop.master().value("postgres", sql);
  }

  private static void example(String file, Map<String, String> changes) {
    home.apply(shop.examples().read(file, changes));
  }

  private static PersistentVolumeClaim claim(String name) {
    return home.client().persistentVolumeClaims().inNamespace(home.name()).withName(name).get();
  }

  private static PersistentVolume volume(String name) {
    return home.client().persistentVolumes().withName(name).get();
  }

  private static GenericKubernetesResource restore(String name) {
    return home.get(Home.RESTORES, name);
  }

  @Test
  @Order(1)
  @DisplayName("row 11: one manifest, and the master is as it was at the transaction")
  void swapped() throws SQLException {
    example("restore-xid-635.yaml", Map.of("xid: \"635\"", "xid: \"" + xid + "\""));
    home.awaitCondition(Home.RESTORES, "restore-xid-635", "Complete");
    home.awaitReady(Home.MASTER);
    assertThat(query(ROWS)).isEqualTo("before");
    assertThat(query(TIMELINE)).isEqualTo("00000002");
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
    assertThat(home.hasClaim("restore-xid-635")).isFalse();
  }

  @Test
  @Order(3)
  @DisplayName("row 13, C11: streaming goes on, the slot is there, and a base backup was taken")
  void goesOn() throws SQLException {
    assertThat(restore("restore-xid-635").<String>get("status", "phase")).isEqualTo("Succeeded");
    assertThat(restore("restore-xid-635").<Object>get("status", "swap", "downtimeSeconds"))
        .isNotNull();
    assertThat(restore("restore-xid-635").getMetadata().getFinalizers()).isEmpty();
    assertThat(query("select slot_name from pg_replication_slots")).isEqualTo("pgbackup_master");
    home.awaitCondition(Home.POLICIES, Shop.POLICY, "Ready");
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(home.list(Home.BACKUPS))
                    .anySatisfy(
                        b ->
                            assertThat(b.<String>get("status", "origin"))
                                .isEqualTo("PostRestore")));
  }

  @Test
  @Order(4)
  @DisplayName("C4 the manifest deleted and made again by a GitOps tool swaps nothing")
  void alreadyApplied() {
    String volume = claim(CLAIM).getSpec().getVolumeName();
    GenericKubernetesResource manifest = restore("restore-xid-635");
    home.delete(Home.RESTORES, "restore-xid-635");
    example("restore-xid-635.yaml", Map.of("xid: \"635\"", "xid: \"" + xid + "\""));
    home.awaitCondition(Home.RESTORES, "restore-xid-635", "Complete");
    assertThat(restore("restore-xid-635").<String>get("status", "phase"))
        .isEqualTo("AlreadyApplied");
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(volume);
    assertThat(manifest.getMetadata().getUid())
        .isNotEqualTo(restore("restore-xid-635").getMetadata().getUid());
  }

  @Test
  @Order(5)
  @DisplayName("row 12, C10: undone by one manifest, every row is there again, on timeline 1")
  void undone() throws SQLException {
    execute("insert into note (what) values ('on the new branch')");
    example(
        "undo-restore-xid-635.yaml",
        Map.of("restoreRef: {name: restore-xid-635}", "claimName: " + KEPT));
    home.awaitCondition(Home.RESTORES, "undo-restore-xid-635", "Complete");
    home.awaitReady(Home.MASTER);
    assertThat(query(ROWS)).isEqualTo("before after");
    assertThat(query(TIMELINE)).isEqualTo("00000001");
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(oldVolume);
    assertThat(volume(oldVolume).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Delete");
    assertThat(home.hasClaim(KEPT)).isFalse();
    assertThat(home.hasClaim("data-master-0-before-undo-restore-xid-635")).isTrue();
    home.awaitCondition(Home.POLICIES, Shop.POLICY, "Ready");
  }

  @Test
  @Order(6)
  @DisplayName("C10 a second restore after the undo follows the old branch, and becomes timeline 3")
  void again() throws SQLException {
    execute("insert into note (what) values ('more')");
    String later = query("select txid_current()");
    execute("insert into note (what) values ('most')");
    example(
        "restore-xid-635.yaml",
        Map.of("name: restore-xid-635", "name: second", "xid: \"635\"", "xid: \"" + later + "\""));
    home.awaitCondition(Home.RESTORES, "second", "Complete");
    home.awaitReady(Home.MASTER);
    assertThat(query(ROWS)).isEqualTo("before after more");
    assertThat(query(TIMELINE)).isEqualTo("00000003");
  }
}
