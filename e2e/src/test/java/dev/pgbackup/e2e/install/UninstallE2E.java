package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("The operator was uninstalled before its policies")
class UninstallE2E {

  @Test
  @DisplayName("as docs/install.md says, taking off the finalizer lets a policy and its agent go")
  void finalizer(ClusterUnderTest cluster) throws SQLException {
    cluster.operator();
    try (Shop shop = Shop.prepare(cluster, "orphaned")) {
      shop.protect();
      cluster.withoutOperator();
      Home home = shop.home();
      home.remove(Home.POLICIES, Shop.POLICY);
      assertThat(home.get(Home.POLICIES, Shop.POLICY).getMetadata().getFinalizers()).isNotEmpty();

      home.patch(Home.POLICIES, Shop.POLICY, "{\"metadata\":{\"finalizers\":null}}");

      home.await("the policy is gone", () -> home.get(Home.POLICIES, Shop.POLICY) == null);
      home.await("its agent is gone", () -> home.agent(Shop.POLICY).isEmpty());
      // What nobody does then is left to a person, and said there.
      shop.master().column("postgres", "SELECT pg_drop_replication_slot('pgbackup_master')");
    } finally {
      cluster.operator();
    }
  }
}
