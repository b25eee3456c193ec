package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.PodDatabase;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Mode Instance, as docs/one-table.md has it: a copy that runs, and one table back")
class InstanceE2E {

  private static final String NAME = "before-the-drop";
  private static final String POD = "restored-before-the-drop-0";
  private static final String ROWS = "SELECT string_agg(what, ' ' ORDER BY id) FROM orders";

  private static Shop shop;
  private static Home home;
  private static Page page;

  @BeforeAll
  static void drop(ClusterUnderTest cluster) throws SQLException {
    cluster.operator();
    shop = Shop.prepare(cluster, "copy", ClusterUnderTest.POSTGRES_WITH_CLIENTS);
    home = shop.home();
    shop.protect();
    execute("CREATE TABLE orders (id int PRIMARY KEY, what text)");
    execute("INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    execute(
        "DO $$ BEGIN DROP TABLE orders; CREATE TABLE dropped AS SELECT txid_current() AS xid; END $$");
    page =
        Page.of("docs/one-table.md")
            .with(
                "\"635\"", '"' + shop.master().value("postgres", "SELECT xid FROM dropped") + '"');
    home.apply(page.manifest());
    home.awaitCondition(Home.RESTORES, NAME, "Complete");
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

  private static String copy(String query) throws SQLException {
    try (PodDatabase database = PodDatabase.of(home, POD)) {
      return database.value("postgres", query);
    }
  }

  @Test
  @Order(1)
  @DisplayName("the copy has exactly the rows of the target, and the status says where it is")
  void runs() throws SQLException {
    assertThat(copy(ROWS)).isEqualTo("a b c");
    assertThat(copy("SELECT count(to_regclass('dropped'))")).isEqualTo("0");
    GenericKubernetesResource restore = home.get(Home.RESTORES, NAME);
    assertThat(restore.<String>get("status", "preview", "pod")).isEqualTo(POD);
    assertThat(restore.<String>get("status", "preview", "address"))
        .isEqualTo("restored-before-the-drop.%s.svc:5432".formatted(home.name()));
  }

  @Test
  @Order(2)
  @DisplayName("the page's commands bring the table back, with the database's own password")
  void oneTableBack() throws SQLException {
    List<String> said = page.run(home);
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).contains("3");
    assertThat(shop.master().value("postgres", ROWS)).isEqualTo("a b c");
  }

  @Test
  @Order(3)
  @DisplayName("a killed pod comes back with what the copy had")
  void restarts() throws SQLException {
    try (PodDatabase database = PodDatabase.of(home, POD)) {
      database.execute("postgres", "INSERT INTO orders VALUES (4, 'written-in-the-copy')");
    }
    home.client().pods().inNamespace(home.name()).withName(POD).withGracePeriod(1).delete();
    home.awaitReady(POD);
    assertThat(copy(ROWS)).isEqualTo("a b c written-in-the-copy");
    assertThat(shop.master().value("postgres", ROWS)).isEqualTo("a b c");
  }

  @Test
  @Order(4)
  @DisplayName("the copy archives nothing: it is on a timeline of its own, without a slot")
  void archivesNothing() throws SQLException {
    assertThat(copy("SHOW archive_mode")).isEqualTo("off");
    assertThat(copy("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    assertThat(copy("SELECT pg_is_in_recovery()")).isEqualTo("f");
    Number timeline = home.get(Home.RESTORES, NAME).get("status", "recovered", "newTimeline");
    assertThat(copy("SELECT substring(pg_walfile_name(pg_current_wal_lsn()) for 8)"))
        .isEqualTo("%08X".formatted(timeline.intValue()));
    assertThat(timeline.intValue()).isGreaterThan(1);
    shop.awaitDurable();
    List<GenericKubernetesResource> policies = home.list(Home.POLICIES);
    assertThat(policies)
        .allSatisfy(
            policy ->
                assertThat(policy.<Number>get("status", "database", "timeline").intValue())
                    .isEqualTo(1));
  }

  @Test
  @Order(5)
  @DisplayName("deleted, it goes with its Service and its volume")
  void goes() {
    home.delete(Home.RESTORES, NAME);
    home.await(
        "nothing of the copy is left",
        () ->
            !home.hasClaim(NAME)
                && home.client().pods().inNamespace(home.name()).withName(POD).get() == null
                && home.client()
                        .apps()
                        .statefulSets()
                        .inNamespace(home.name())
                        .withName("restored-" + NAME)
                        .get()
                    == null
                && home.client()
                        .services()
                        .inNamespace(home.name())
                        .withName("restored-" + NAME)
                        .get()
                    == null);
  }
}
