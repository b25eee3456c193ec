package dev.pgbackup.e2e.policy;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("C13 a namespace is deleted with a policy in it")
class DeletedNamespaceE2E {

  @Test
  @DisplayName("it goes: neither slot nor agent hold it up")
  void goes(ClusterUnderTest cluster) {
    cluster.operator();
    Shop shop = Shop.prepare(cluster, "leaving");
    shop.protect();
    shop.close();
    shop.home().awaitGone();
  }
}
