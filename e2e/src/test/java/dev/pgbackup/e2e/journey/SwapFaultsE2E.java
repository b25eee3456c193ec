package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@OnCluster
@DisplayName("C5, C8, C9 a swap that is disturbed")
class SwapFaultsE2E {

  private static final String CLAIM = "data-master-0";

  /** A probe that a server on the restored volume does not pass. */
  private static final String NOT_ON_TIMELINE_2 =
      "[sh, -c, 'pg_isready -h 127.0.0.1 -U postgres && test ! -e $PGDATA/pg_wal/00000002.history']";

  private static Stage stage;

  @BeforeAll
  static void set(ClusterUnderTest cluster) {
    stage = Stage.set(cluster);
  }

  @AfterAll
  static void end() {
    if (stage != null) {
      stage.close();
    }
  }

  private static SwapMaster master() {
    return SwapMaster.set(stage, "StatefulSet", "master/master.yaml", Map.of(), CLAIM);
  }

  /** Without a chance to finish what it was at. */
  private static void killOperator() {
    KubernetesClient client = stage.client();
    client
        .pods()
        .inNamespace("pgbackup-system")
        .withLabel("app.kubernetes.io/component", "operator")
        .resources()
        .forEach(pod -> pod.withGracePeriod(0).delete());
  }

  @Test
  @DisplayName("C8 the operator is killed at every step that it has written down, and goes on there")
  void killed() {
    try (SwapMaster master = master()) {
      String old = master.volume();
      master.swap("back", Map.of());
      Set<String> killedAt = new LinkedHashSet<>();
      Awaitility.await("the swap is done")
          .atMost(Duration.ofMinutes(8))
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                String step = master.step("back");
                if (!step.isEmpty() && !step.equals("Done") && killedAt.add(step)) {
                  killOperator();
                }
                return "True"
                    .equals(
                        stage.condition(
                            master.namespace(), SwapMaster.RESTORES, "back", "Complete"));
              });
      assertThat(killedAt).contains("Preparing", "Archiving", "BackingUp").hasSizeGreaterThan(5);
      assertThat(master.rows()).isEqualTo("before");
      assertThat(master.volume()).isNotEqualTo(old);
      master.assertVolumes(List.of(CLAIM, CLAIM + "-before-back"));
    }
  }

  @Test
  @DisplayName("C9 the database never starts on the restored volume: its old one is put back by itself")
  void neverStarts() {
    try (SwapMaster master =
        SwapMaster.set(
            stage,
            "StatefulSet",
            "master/master.yaml",
            Map.of("[pg_isready, -h, 127.0.0.1, -U, postgres]", NOT_ON_TIMELINE_2),
            CLAIM)) {
      String old = master.volume();
      master.swap("back", Map.of("mode: Swap", "mode: Swap\n  swap: {readyTimeout: 20s}"));
      Awaitility.await("it was rolled back")
          .atMost(Duration.ofMinutes(4))
          .until(() -> phase(master, "back").equals("RolledBack"));
      assertThat(master.rows()).isEqualTo("before after");
      assertThat(master.volume()).isEqualTo(old);
      master.assertVolumes(List.of(CLAIM, "back"));
    }
  }

  private static String phase(SwapMaster master, String restore) {
    return String.valueOf(
        stage.get(master.namespace(), SwapMaster.RESTORES, restore).<Object>get("status", "phase"));
  }

  @Test
  @DisplayName("C5 of two restores of one database the second waits for the first")
  void turns() {
    try (SwapMaster master = master()) {
      master.swap("first", Map.of());
      Awaitility.await().until(() -> !phase(master, "first").equals("null"));
      master.swap("second", Map.of());
      List<String> phases = new ArrayList<>();
      Awaitility.await("both are done")
          .atMost(Duration.ofMinutes(5))
          .until(
              () -> {
                if (!phase(master, "first").equals("Succeeded")) {
                  phases.add(phase(master, "second"));
                }
                return phase(master, "second").equals("Succeeded");
              });
      assertThat(phases).isNotEmpty().allMatch(p -> p.equals("Pending") || p.equals("null"));
      assertThat(master.rows()).isEqualTo("before");
      master.assertVolumes(
          List.of(CLAIM, CLAIM + "-before-first", CLAIM + "-before-second"));
    }
  }
}
