package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.scenario.kubernetes.Home;
import dev.pgbackup.scenario.kubernetes.Installation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@OnCluster
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("A swap that is disturbed")
class SwapFaultsE2E {

  /** A server that has the table {@code closed} is never ready. */
  private static final String PROBE =
      "[sh, -c, \"psql -h 127.0.0.1 -U postgres -Atc "
          + "\\\"select 'open' where to_regclass('closed') is null\\\" | grep open\"]";

  private static final SwapStage.Master MASTER =
      new SwapStage.Master(
          "StatefulSet",
          Map.of("[pg_isready, -h, 127.0.0.1, -U, postgres]", PROBE),
          "data-master-0",
          "Delete");

  private static SwapStage stage;

  @BeforeAll
  static void set(ClusterUnderTest cluster) throws SQLException {
    stage = SwapStage.set(cluster, "faults", MASTER);
  }

  @AfterAll
  static void end() {
    if (stage != null) {
      stage.close();
    }
  }

  /** Without a chance to finish what it was at. */
  private static void killOperator() {
    KubernetesClient client = stage.home().client();
    client
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .resources()
        .forEach(pod -> pod.withGracePeriod(0).delete());
  }

  @Test
  @Order(1)
  @DisplayName(
      "C5, C8, C18 the operator is killed at every step that it writes down, and goes on there; the next restore waits")
  void killed() throws SQLException {
    String before = stage.volume();
    stage.write("before");
    String xid = stage.transaction();
    stage.write("after");
    Set<String> killedAt = new ConcurrentSkipListSet<>();
    ExecutorService killer = Executors.newSingleThreadExecutor();
    try (Chronicle chronicle =
        new Chronicle(
            stage.home(),
            entry -> {
              if (entry.restore().equals("first")
                  && !entry.isOver()
                  && !entry.step().isEmpty()
                  && killedAt.add(entry.step())) {
                killer.execute(SwapFaultsE2E::killOperator);
              }
            })) {
      stage.swap("first", xid);
      stage.home().await("its turn", () -> !stage.status("first", "phase").isEmpty());
      stage.swap("second", xid);
      stage.awaitComplete("first");
      assertThat(stage.rows()).isEqualTo(List.of("before"));
      assertThat(stage.volume()).isNotEqualTo(before);
      assertThat(killedAt)
          .containsExactlyInAnyOrder(
              "Preparing",
              "Protecting",
              "Reserving",
              "Fencing",
              "Rebinding",
              "Keeping",
              "Archiving",
              "Releasing",
              "Verifying",
              "BackingUp",
              "Done");
      stage.awaitComplete("second");
      chronicle.assertWaited("second", "first");
      chronicle.assertTold("first");
      chronicle.assertTold("second");
    } finally {
      killer.shutdownNow();
    }
    assertThat(stage.rows()).isEqualTo(List.of("before"));
    assertThat(stage.timeline()).isEqualTo(3);
    stage.assertNothingIsLeftOver(List.of("first", "second"));
  }

  @Test
  @Order(2)
  @DisplayName(
      "C9 the database never becomes ready on the restored volume: the old one is put back by itself")
  void neverReady() throws SQLException {
    String before = stage.volume();
    int timeline = stage.timeline();
    stage.execute("create table closed ()");
    String xid = stage.transaction();
    stage.execute("drop table closed");
    stage.write("since then");
    try (Chronicle chronicle = new Chronicle(stage.home(), entry -> {})) {
      stage.swap("closed", xid, Map.of("mode: Swap", "mode: Swap\n  swap: {readyTimeout: 15s}"));
      stage.home().awaitCondition(Home.RESTORES, "closed", "Failed");
      chronicle.assertTold("closed");
    }
    assertThat(stage.status("closed", "phase")).isEqualTo("RolledBack");
    assertThat(stage.home().reason(Home.RESTORES, "closed", "Failed"))
        .isEqualTo("NotReadyRolledBack");
    assertThat(stage.rows()).isEqualTo(List.of("before", "since then"));
    assertThat(stage.timeline()).isEqualTo(timeline);
    assertThat(stage.volume()).isEqualTo(before);
    stage.home().awaitCondition(Home.POLICIES, "master", "Ready");
    stage.assertNothingIsLeftOver(List.of("first", "second"), "closed");
  }

  @Test
  @Order(3)
  @DisplayName("an object that is deleted in the middle of its swap is held until that is done")
  void deleted() throws SQLException {
    String before = stage.volume();
    List<String> rows = stage.rows();
    String xid = stage.transaction();
    stage.write("too much");
    CompletableFuture<Void> deletion = new CompletableFuture<>();
    try (Chronicle chronicle =
        new Chronicle(
            stage.home(),
            entry -> {
              if (entry.restore().equals("gone") && entry.step().equals("Fencing")) {
                deletion.completeAsync(
                    () -> {
                      stage.home().remove(Home.RESTORES, "gone");
                      return null;
                    });
              }
            })) {
      stage.swap("gone", xid);
      stage
          .home()
          .await(
              "it is deleted, and gone",
              () -> deletion.isDone() && stage.home().get(Home.RESTORES, "gone") == null);
      assertThat(chronicle.of("gone")).extracting(Chronicle.Entry::step).contains("Releasing");
    }
    assertThat(stage.rows()).isEqualTo(rows);
    assertThat(stage.volume()).isNotEqualTo(before);
    // Its Jobs go with it, a moment later.
    Awaitility.await()
        .untilAsserted(
            () -> stage.assertNothingIsLeftOver(List.of("first", "second", "gone"), "closed"));
  }
}
