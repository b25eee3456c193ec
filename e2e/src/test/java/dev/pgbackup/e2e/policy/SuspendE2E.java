package dev.pgbackup.e2e.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("C2 backups by hand and by the clock, a policy suspended and resumed")
class SuspendE2E {

  @Test
  @DisplayName("a backup on demand is taken, and stands for what is in the bucket")
  void onDemand(ClusterUnderTest cluster) {
    Home home = cluster.shop().home();
    home.apply(cluster.shop().examples().read("backup-now.yaml", Map.of()));
    home.awaitCondition(Home.BACKUPS, "before-migration", "Complete");
    assertThat(home.get(Home.BACKUPS, "before-migration").<String>get("status", "origin"))
        .isEqualTo("Manual");
  }

  @Test
  @DisplayName("a schedule takes backups by itself")
  void schedule(ClusterUnderTest cluster) {
    Home home = cluster.shop().home();
    home.patch(
        Home.POLICIES, Shop.POLICY, "{\"spec\":{\"baseBackup\":{\"schedule\":\"* * * * *\"}}}");
    try {
      home.await(
          "a scheduled backup",
          () ->
              home.list(Home.BACKUPS).stream()
                  .anyMatch(
                      b ->
                          "Scheduled".equals(b.get("status", "origin"))
                              && "Completed".equals(b.get("status", "phase"))));
    } finally {
      home.patch(
          Home.POLICIES, Shop.POLICY, "{\"spec\":{\"baseBackup\":{\"schedule\":\"0 2 * * *\"}}}");
    }
  }

  @Test
  @DisplayName("suspended, nothing runs and the slot holds; resumed, it is Ready again")
  void suspended(ClusterUnderTest cluster) throws Exception {
    Shop shop = cluster.shop();
    Home home = shop.home();
    home.patch(Home.POLICIES, Shop.POLICY, "{\"spec\":{\"suspend\":true}}");
    home.awaitCondition(Home.POLICIES, Shop.POLICY, "Ready", "False");
    assertThat(home.reason(Home.POLICIES, Shop.POLICY, "Ready")).isEqualTo("Suspended");
    home.await("the agent is gone", () -> home.agent(Shop.POLICY).isEmpty());
    assertThat(shop.master().column("postgres", "SELECT slot_name FROM pg_replication_slots"))
        .containsExactly("pgbackup_master");
    home.patch(Home.POLICIES, Shop.POLICY, "{\"spec\":{\"suspend\":false}}");
    home.awaitCondition(Home.POLICIES, Shop.POLICY, "Ready");
  }
}
