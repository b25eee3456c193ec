package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("A pod that needs more memory than it may have")
class OutOfMemoryE2E {

  private static final String TOO_LITTLE = "resources: {limits: {memory: 48Mi}}";

  @Test
  @DisplayName("of a restore ends it with the reason OOMKilled")
  void restore(ClusterUnderTest cluster) {
    Shop shop = cluster.shop();
    String source = "source: {policyRef: {name: master}}";
    shop.restore(
        "starved",
        "latest: {}",
        Map.of(source, source + "\n  job: {retries: 0, " + TOO_LITTLE + "}"));
    shop.home().awaitCondition(Home.RESTORES, "starved", "Failed");
    assertThat(shop.home().reason(Home.RESTORES, "starved", "Failed")).isEqualTo("OOMKilled");
    assertThat(shop.home().message(Home.RESTORES, "starved", "Failed")).contains("memory");
  }

  @Test
  @DisplayName("of an agent is told with the reason OOMKilled, and one with more is Ready again")
  void agent(ClusterUnderTest cluster) {
    Shop shop = cluster.shop();
    Home home = shop.home();
    home.patch(
        Home.POLICIES,
        Shop.POLICY,
        "{\"spec\":{\"agent\":{\"resources\":{\"limits\":{\"memory\":\"48Mi\"}}}}}");
    try {
      home.await(
          "the agent is killed",
          () -> home.reason(Home.POLICIES, Shop.POLICY, "AgentAvailable").equals("OOMKilled"));
      assertThat(home.condition(Home.POLICIES, Shop.POLICY, "Ready")).isEqualTo("False");
    } finally {
      home.patch(Home.POLICIES, Shop.POLICY, "{\"spec\":{\"agent\":{\"resources\":null}}}");
    }
    home.awaitCondition(Home.POLICIES, Shop.POLICY, "Ready");
  }
}
