package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.swap.model.Turn;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;

/**
 * Gives and takes turns with a database. While a restore has its turn the database's agent begins
 * no backup by itself, and deletes none: not the one either that the restore needs.
 */
final class Turns {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final ObjectWriter objects;
  private final SwapAgent agent;

  Turns(ClusterReader cluster, ClusterWriter writer, ObjectWriter objects, SwapAgent agent) {
    this.cluster = cluster;
    this.writer = writer;
    this.objects = objects;
    this.agent = agent;
  }

  /**
   * Takes the turn, unless it is somebody's.
   *
   * @return the name of the restore that is waited for; nothing if the turn is taken
   */
  Optional<String> take(RestoreRun run, Workload workload) {
    Optional<String> other = take(run.restore(), workload);
    if (other.isEmpty()) {
      agent.pause(run);
    }
    return other;
  }

  private Optional<String> take(PgRestore restore, Workload workload) {
    Lease lease = objects.createIfAbsent(Turn.of(restore, workload));
    if (Turn.isOf(lease, restore)) {
      return Optional.empty();
    }
    String holder = Turn.holder(lease);
    boolean over =
        Turn.isOver(
            lease, cluster.restore(restore.getMetadata().getNamespace(), holder).orElse(null));
    return over && writer.replace(Turn.handedTo(lease, restore))
        ? Optional.empty()
        : Optional.of(holder);
  }

  /** Gives it back, if it has one. */
  void giveBack(RestoreRun run) {
    run.workload()
        .flatMap(workload -> cluster.lease(run.namespace(), Turn.name(workload)))
        .filter(lease -> Turn.isOf(lease, run.restore()))
        .ifPresent(
            lease -> {
              agent.resume(run);
              writer.delete(lease);
            });
  }
}
