package dev.pgbackup.e2e.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.e2e.Shop;
import dev.pgbackup.scenario.kubernetes.Home;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnCluster
@DisplayName("C3 a restore that cannot be done is refused within seconds, and nothing is made")
class RefusalsE2E {

  /** So much as a busy machine may need for a second of work. */
  private static final Duration SECONDS = Duration.ofSeconds(20);

  private static final String DEFAULTS = "source: {policyRef: {name: master}}";

  private static Shop shop;

  @BeforeAll
  static void open(ClusterUnderTest cluster) {
    shop = cluster.shop();
  }

  @ParameterizedTest(name = "{0}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "xid-never-was      | xid: \"99999999\"                |                             | TargetBeyondArchive",
        "time-to-come       | time: \"2099-01-01T00:00:00Z\"   |                             | TargetBeyondArchive",
        "time-long-ago      | time: \"2001-01-01T00:00:00Z\"   |                             | TargetBeforeWindow",
        "lsn-to-come        | lsn: FF/0                        |                             | TargetBeyondArchive",
        "name-never-was     | name: nobody-made-it             |                             | RestorePointNotFound",
        "latest-elsewhere   | latest: {}                       | timeline: 77                | TimelineUnreachable",
        "immediate-of-none  | immediate: {}                    | backup: {backupId: 20200101T000000Z-0a1b}   | BackupNotFound",
        "volume-too-small   | latest: {}                       | volume: {size: 1Mi}         | CapacityTooSmall",
        "no-storage-class   | latest: {}                       | volume: {storageClassName: none} | StorageClassMissing"
      })
  @DisplayName("with a reason, and what is possible instead")
  void refuses(String name, String target, String also, String reason) {
    shop.restore(
        name, target, also == null ? Map.of() : Map.of(DEFAULTS, DEFAULTS + "\n  " + also));
    Home home = shop.home();
    Awaitility.await()
        .atMost(SECONDS)
        .until(() -> home.condition(Home.RESTORES, name, "Failed").equals("True"));

    assertThat(home.reason(Home.RESTORES, name, "PreflightPassed")).isEqualTo(reason);
    assertThat(home.message(Home.RESTORES, name, "PreflightPassed")).isNotBlank();
    assertThat(home.condition(Home.RESTORES, name, "Stalled")).isEqualTo("True");
    assertThat(home.hasClaim(name)).isFalse();
    assertThat(
            home.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(home.name())
                .withLabel("pgbackup.dev/restore", name)
                .list()
                .getItems())
        .isEmpty();
  }
}
