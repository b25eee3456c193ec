package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnCluster
@DisplayName("C6, C7 a swap and its undo, whatever the workload and its volumes are")
class SwapVariantsE2E {

  private static final String RESTORE = "back";

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

  /** The master of the examples, on another class, in a folder of its volume, or as a Deployment. */
  private static Map<String, String> changes(String storageClass, boolean subPath) {
    Map<String, String> changes = new HashMap<>();
    changes.put(
        "accessModes: [ReadWriteOnce]",
        "accessModes: [ReadWriteOnce]\n        storageClassName: " + storageClass);
    if (subPath) {
      changes.put(
          "mountPath: /var/lib/postgresql/data}",
          "mountPath: /var/lib/postgresql/data, subPath: db}");
    }
    return changes;
  }

  private static void swapAndUndo(SwapMaster master, String claim, String policy) {
    String old = master.volume();
    master.swap(RESTORE, Map.of());
    master.await(RESTORE);
    assertThat(master.rows()).isEqualTo("before");
    assertThat(master.volume()).isNotEqualTo(old);
    assertThat(master.volume(master.volume()).getSpec().getPersistentVolumeReclaimPolicy())
        .isEqualTo(policy);
    assertThat(master.volume(old).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
    master.assertVolumes(List.of(claim, claim + "-before-" + RESTORE));

    master.undo(RESTORE);
    master.await("undo-" + RESTORE);
    assertThat(master.rows()).isEqualTo("before after");
    assertThat(master.volume()).isEqualTo(old);
    assertThat(master.volume(old).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo(policy);
    master.assertVolumes(List.of(claim, claim + "-before-undo-" + RESTORE));
  }

  @ParameterizedTest(name = "class {0}, sub-path: {2}")
  @CsvSource({"standard, Delete, true", "retain, Retain, false"})
  @DisplayName("C6 a StatefulSet")
  void statefulSet(String storageClass, String policy, boolean subPath) {
    try (SwapMaster master =
        SwapMaster.set(
            stage,
            "StatefulSet",
            "master/master.yaml",
            changes(storageClass, subPath),
            "data-master-0")) {
      swapAndUndo(master, "data-master-0", policy);
    }
  }

  @ParameterizedTest(name = "class {0}")
  @CsvSource({"standard, Delete", "retain, Retain"})
  @DisplayName("C6 a Deployment, whose claim nobody makes anew but the operator")
  void deployment(String storageClass, String policy) {
    Map<String, String> changes = new HashMap<>();
    changes.put("kind: StatefulSet", "kind: Deployment");
    changes.put("  serviceName: master\n", "  strategy: {type: Recreate}\n");
    changes.put(
        "  volumeClaimTemplates:\n    - metadata:\n        name: data\n      spec:\n"
            + "        accessModes: [ReadWriteOnce]\n        resources: {requests: {storage: 10Gi}}\n",
        "      volumes:\n        - {name: data, persistentVolumeClaim: {claimName: data}}\n---\n"
            + "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n"
            + "  labels: {team: shop}\nspec:\n  storageClassName: "
            + storageClass
            + "\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 10Gi}}\n");
    try (SwapMaster master =
        SwapMaster.set(stage, "Deployment", "master/master.yaml", changes, "data")) {
      swapAndUndo(master, "data", policy);
      assertThat(master.claim("data").getMetadata().getLabels())
          .containsEntry("team", "shop");
    }
  }

  @Test
  @DisplayName("C7 while something applies the workload again every second")
  void reapplied() {
    Map<String, String> changes = Map.of();
    ScheduledExecutorService tool = Executors.newSingleThreadScheduledExecutor();
    try (SwapMaster master =
        SwapMaster.set(stage, "StatefulSet", "master/master.yaml", changes, "data-master-0")) {
      tool.scheduleAtFixedRate(
          () -> stage.example(master.namespace(), "master/master.yaml"), 0, 1, TimeUnit.SECONDS);
      swapAndUndo(master, "data-master-0", "Delete");
    } finally {
      tool.shutdownNow();
    }
  }
}
