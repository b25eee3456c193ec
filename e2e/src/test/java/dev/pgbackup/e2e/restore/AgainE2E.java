package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("C4 the same manifest, applied again, or deleted and made again")
class AgainE2E {

  @Test
  @DisplayName("nothing happens twice")
  void onlyOnce(ClusterUnderTest cluster) throws SQLException {
    Shop shop = cluster.shop();
    Home home = shop.home();
    String xid = shop.master().value("postgres", "SELECT txid_current()");
    shop.restore("once", "xid: \"" + xid + "\"");
    home.awaitCondition(Home.RESTORES, "once", "Complete");
    String volume = volume(home);

    shop.restore("once", "xid: \"" + xid + "\"");
    assertThat(home.get(Home.RESTORES, "once").<String>get("status", "phase"))
        .isEqualTo("Succeeded");

    home.delete(Home.RESTORES, "once");
    shop.restore("once", "xid: \"" + xid + "\"");
    home.awaitCondition(Home.RESTORES, "once", "Complete");
    assertThat(home.get(Home.RESTORES, "once").<String>get("status", "phase"))
        .isEqualTo("AlreadyApplied");
    assertThat(volume(home)).isEqualTo(volume);
  }

  private static String volume(Home home) {
    return home.client()
        .persistentVolumeClaims()
        .inNamespace(home.name())
        .withName("once")
        .get()
        .getSpec()
        .getVolumeName();
  }
}
