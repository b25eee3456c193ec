package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("Look before you leap: a swap that is checked, looked at, and approved")
class ReviewE2E {

  private static final String ROWS = "select string_agg(what, ' ' order by id) from note";
  private static final String CHECK =
      "select count(*) = 2 from pg_database where datname in ('aa', 'bb')";
  private static final Pattern LOOK =
      Pattern.compile("`kubectl exec -it (\\S+) -c (\\S+) -- ([^`]+)`");
  private static final Pattern APPROVE =
      Pattern.compile("To go on: `kubectl patch pgr/(\\S+) --type=merge -p '([^']+)'`");

  private static Shop shop;
  private static Home home;
  private static String xid;
  private static String pod;

  @BeforeAll
  static void set(ClusterUnderTest cluster) throws SQLException {
    cluster.operator();
    shop = Shop.prepare(cluster, "review");
    home = shop.home();
    shop.protect();
    execute("create table note (id int generated always as identity, what text)");
    execute("insert into note (what) values ('before')");
    xid = query("select txid_current()");
    execute("insert into note (what) values ('after')");
    pod = master();
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

  private static String master() {
    return home.client()
        .pods()
        .inNamespace(home.name())
        .withName(Home.MASTER)
        .get()
        .getMetadata()
        .getUid();
  }

  private static void restore(String name, String check) {
    home.apply(
        shop.examples()
            .read(
                "restore-reviewed.yaml",
                Map.of(
                    "name: restore-reviewed",
                    "name: " + name,
                    "xid: \"635\"",
                    "xid: \"" + xid + "\"",
                    CHECK,
                    check)));
  }

  private static String text(String name, String... path) {
    GenericKubernetesResource restore = home.get(Home.RESTORES, name);
    return restore == null ? "" : String.valueOf(restore.<Object>get((Object[]) path));
  }

  private static void assertUntouched() throws SQLException {
    assertThat(master()).isEqualTo(pod);
    assertThat(query(ROWS)).isEqualTo("before after");
  }

  @Test
  @Order(1)
  @DisplayName("a check that does not hold at the target ends it, and the master is not touched")
  void refused() throws SQLException {
    restore("wrong", "select count(*) = 2 from note");
    home.awaitCondition(Home.RESTORES, "wrong", "Failed");
    assertThat(home.reason(Home.RESTORES, "wrong", "ChecksPassed")).isEqualTo("ChecksFailed");
    assertThat(home.get(Home.RESTORES, "wrong").<List<?>>get("status", "checks"))
        .isEqualTo(
            List.of(
                Map.of(
                    "name", "databases-aa-and-bb", "passed", false, "detail", "it returns false")));
    assertUntouched();
  }

  @Test
  @Order(2)
  @DisplayName("it waits at the target, where it can be looked at as its message says")
  void waits() throws SQLException {
    restore("looked-at", "select count(*) = 1 from note");
    home.await(
        "it waits to be approved",
        () -> text("looked-at", "status", "phase").equals("AwaitingApproval"));
    Matcher look = LOOK.matcher(text("looked-at", "status", "message"));
    assertThat(look.find()).isTrue();
    assertThat(ask(look, ROWS)).isEqualTo("before");
    assertThat(ask(look, "select pg_is_in_recovery()")).isEqualTo("t");
    assertThat(home.condition(Home.RESTORES, "looked-at", "ChecksPassed")).isEqualTo("True");
    assertUntouched();
  }

  private static String ask(Matcher look, String query) {
    return Page.run(
            home,
            look.group(1),
            look.group(2),
            Page.words(look.group(3) + " -Atc '" + query.replace("' '", "chr(32)") + "'"))
        .strip();
  }

  @Test
  @Order(3)
  @DisplayName(
      "approved as its message says it goes on to the swap, and the master has the rows of the target")
  void goesOn() throws SQLException {
    Matcher approve = APPROVE.matcher(text("looked-at", "status", "message"));
    assertThat(approve.find()).isTrue();
    home.patch(Home.RESTORES, approve.group(1), approve.group(2));
    home.awaitCondition(Home.RESTORES, "looked-at", "Complete");
    home.awaitReady(Home.MASTER);
    assertThat(master()).isNotEqualTo(pod);
    assertThat(query(ROWS)).isEqualTo("before");
    assertThat(query("select pg_is_in_recovery()")).isEqualTo("f");
    assertThat(home.condition(Home.RESTORES, "looked-at", "Approved")).isEqualTo("True");
  }
}
