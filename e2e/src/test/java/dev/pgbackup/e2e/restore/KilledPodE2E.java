package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("A restore whose pod is killed")
class KilledPodE2E {

  @Test
  @DisplayName("is tried again, reaches its target, and is promoted once")
  void triedAgain(ClusterUnderTest cluster) throws SQLException {
    Shop shop = cluster.shop();
    Home home = shop.home();
    String rows = "SELECT string_agg(n::text, ' ' ORDER BY n) FROM killed";
    shop.master()
        .execute("postgres", "CREATE TABLE killed AS SELECT n FROM generate_series(1, 5) n");
    shop.restore("killed", "latest: {}");
    home.await("its pod runs", () -> !running(home).isEmpty());
    running(home).forEach(pod -> home.client().pods().resource(pod).withGracePeriod(0).delete());

    home.awaitCondition(Home.RESTORES, "killed", "Complete");
    GenericKubernetesResource restore = home.get(Home.RESTORES, "killed");
    Number claimed = restore.get("status", "recovered", "newTimeline");
    assertThat(shop.look("killed", rows)).containsExactly("1 2 3 4 5");
    // One line for each promotion since the backup's timeline.
    assertThat(
            shop.look(
                "killed",
                "SELECT count(*) FROM regexp_split_to_table(pg_read_file('pg_wal/%08X.history'), '\\n') l WHERE l <> ''"
                    .formatted(claimed.intValue())))
        .containsExactly("1");
  }

  private static List<Pod> running(Home home) {
    return home
        .client()
        .pods()
        .inNamespace(home.name())
        .withLabel("pgbackup.dev/restore", "killed")
        .withLabel("app.kubernetes.io/component", "restore")
        .list()
        .getItems()
        .stream()
        .filter(
            pod ->
                pod.getStatus().getContainerStatuses().stream()
                    .anyMatch(c -> c.getState().getRunning() != null))
        .toList();
  }
}
