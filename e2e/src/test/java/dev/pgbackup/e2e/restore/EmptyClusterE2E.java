package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.PodDatabase;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("C14 from the bucket alone, where there is neither policy nor master")
class EmptyClusterE2E {

  @Test
  @DisplayName("a restore, then a master that runs on it, then its records from the bucket")
  void fromTheBucketAlone(ClusterUnderTest cluster) throws SQLException {
    Shop shop = cluster.shop();
    shop.master().execute("postgres", "CREATE DATABASE carried");
    try (Home empty = cluster.namespace("empty")) {
      empty.secret("aws", shop.store().keys().content());
      // What the master has is in the bucket a moment later.
      shop.awaitDurable();
      empty.apply(shop.examples().read("restore-into-empty-cluster.yaml", Map.of()));
      empty.awaitCondition(Home.RESTORES, "restore-into-empty-cluster", "Complete");
      empty.apply(shop.examples().read("master/master.yaml", Map.of()));
      empty.awaitReady(Home.MASTER);
      try (PodDatabase master = PodDatabase.of(empty, Home.MASTER)) {
        assertThat(master.column("postgres", "SELECT datname FROM pg_database"))
            .contains("carried");
      }
    }
  }
}
