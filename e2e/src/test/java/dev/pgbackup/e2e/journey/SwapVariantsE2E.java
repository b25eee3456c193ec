package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** As many in a row as {@code -Dpgbackup.swaps} says. */
@OnCluster
@DisplayName("C6, C7 swaps and their undoing in a row, while rows and the manifest are written")
class SwapVariantsE2E {

  private static final int IN_A_ROW = Integer.getInteger("pgbackup.swaps", 3);

  private static final String TEMPLATE =
      """
        volumeClaimTemplates:
          - metadata:
              name: data
            spec:
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 10Gi}}
      """;

  private static final String NO_TEMPLATE =
      """
            volumes:
              - {name: data, persistentVolumeClaim: {claimName: data}}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
        labels: {team: shop}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 10Gi}}
      """;

  private static final SwapStage.Master IN_A_FOLDER =
      new SwapStage.Master(
          "StatefulSet",
          Map.of(
              "accessModes: [ReadWriteOnce]",
              "accessModes: [ReadWriteOnce]\n        storageClassName: retain",
              "mountPath: /var/lib/postgresql/data}",
              "mountPath: /var/lib/postgresql/data, subPath: db}"),
          "data-master-0",
          "Retain");

  private static final SwapStage.Master DEPLOYMENT =
      new SwapStage.Master(
          "Deployment",
          Map.of(
              "kind: StatefulSet",
              "kind: Deployment",
              "  serviceName: master\n",
              "  strategy: {type: Recreate}\n",
              TEMPLATE,
              NO_TEMPLATE),
          "data",
          "Delete");

  @Test
  @DisplayName(
      "C6 a StatefulSet, its data in a folder of a volume that is retained and bound at once")
  void statefulSet(ClusterUnderTest cluster) throws Exception {
    swapAndUndo(cluster, IN_A_FOLDER, IN_A_ROW);
  }

  @Test
  @DisplayName(
      "C6 a Deployment, whose claim nobody makes anew but the operator, on a volume that is deleted with it")
  void deployment(ClusterUnderTest cluster) throws Exception {
    swapAndUndo(cluster, DEPLOYMENT, 1);
  }

  private static void swapAndUndo(ClusterUnderTest cluster, SwapStage.Master master, int times)
      throws Exception {
    ScheduledExecutorService tool = Executors.newSingleThreadScheduledExecutor();
    AtomicInteger applied = new AtomicInteger();
    try (SwapStage stage = SwapStage.set(cluster, "swaps", master)) {
      tool.scheduleWithFixedDelay(
          () -> {
            stage.applyMaster(master.changes());
            applied.incrementAndGet();
          },
          0,
          1,
          TimeUnit.SECONDS);
      stage.write("the first of all");
      List<String> undone = new ArrayList<>();
      for (int i = 1; i <= times; i++) {
        swapAndUndo(stage, "swap-" + i, 1 + i, undone);
      }
      assertThat(applied).as("times that the manifest was applied again").hasValueGreaterThan(10);
    } finally {
      tool.shutdownNow();
    }
  }

  /**
   * @param undone restores that have undone others before this
   */
  private static void swapAndUndo(SwapStage stage, String name, int timeline, List<String> undone)
      throws Exception {
    List<String> before = stage.rows();
    String volume = stage.volume();
    String xid = stage.transaction();
    try (SteadyWriter writer = SteadyWriter.begin(stage, name)) {
      stage.swap(name, xid);
      stage.awaitComplete(name);
      assertThat(stage.rows()).as("rows at the transaction").isEqualTo(before);
      assertThat(stage.timeline()).isEqualTo(timeline);
      assertThat(stage.volume()).isNotEqualTo(volume);
      List<String> kept = new ArrayList<>(undone);
      kept.add(name);
      stage.assertNothingIsLeftOver(kept);

      stage.write("on the other branch");
      stage.undo(name);
      undone.add(SwapStage.undoOf(name));
      stage.awaitComplete(SwapStage.undoOf(name));
      writer.assertAllIn(before, stage.rows());
      assertThat(stage.timeline()).isEqualTo(1);
      assertThat(stage.volume()).isEqualTo(volume);
      stage.assertNothingIsLeftOver(undone);
    }
  }
}
