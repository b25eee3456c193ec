package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.Database;
import dev.pgbackup.scenario.kubernetes.Home;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnCluster
@DisplayName("C3 a restore into a new volume reaches every kind of target")
class TargetsE2E {

  private static final String INSERT = "INSERT INTO marks VALUES (%d) RETURNING txid_current()";

  private static Shop shop;

  /** All begin at once; each test waits for its own. */
  @BeforeAll
  static void restoreAll(ClusterUnderTest cluster) throws SQLException {
    shop = cluster.shop();
    Database master = shop.master();
    Map<String, String> targets = new LinkedHashMap<>();
    master.execute("postgres", "CREATE TABLE marks (n int)");
    targets.put("xid", "xid: \"%s\"".formatted(master.value("postgres", INSERT.formatted(1))));
    targets.put(
        "time",
        "time: \"%s\""
            .formatted(
                master.value(
                    "postgres",
                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")));
    targets.put(
        "lsn",
        "lsn: \"%s\"".formatted(master.value("postgres", "SELECT pg_current_wal_insert_lsn()")));
    master.value("postgres", INSERT.formatted(2));
    master.value("postgres", "SELECT pg_create_restore_point('after_two')");
    targets.put("name", "name: after_two");
    master.value("postgres", INSERT.formatted(3));
    targets.put("latest", "latest: {}");
    targets.put("immediate", "immediate: {}");
    targets.forEach((kind, target) -> shop.restore("to-" + kind, target));
  }

  @ParameterizedTest(name = "{0}: rows {1}")
  @CsvSource({"xid, 1", "time, 1", "lsn, 1", "name, 1 2", "latest, 1 2 3"})
  @DisplayName("what SQL returns is what was there")
  void reaches(String kind, String rows) throws SQLException {
    assertThat(answer(kind, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM marks"))
        .containsExactly(rows);
  }

  @ParameterizedTest(name = "{0}: the table is not there yet")
  @CsvSource("immediate")
  @DisplayName("what SQL returns is what was there when the backup was consistent")
  void isConsistent(String kind) throws SQLException {
    assertThat(answer(kind, "SELECT count(to_regclass('marks'))")).containsExactly("0");
  }

  private static List<String> answer(String kind, String query) throws SQLException {
    shop.home().awaitCondition(Home.RESTORES, "to-" + kind, "Complete");
    return shop.look("to-" + kind, query);
  }
}
