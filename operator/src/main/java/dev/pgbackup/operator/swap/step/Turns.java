package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.swap.model.Turn;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;

/** Gives and takes turns with a database. */
final class Turns {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final ObjectWriter objects;

  Turns(ClusterReader cluster, ClusterWriter writer, ObjectWriter objects) {
    this.cluster = cluster;
    this.writer = writer;
    this.objects = objects;
  }

  /**
   * Takes the turn, unless it is somebody's.
   *
   * @return the name of the restore that is waited for; nothing if the turn is taken
   */
  Optional<String> take(PgRestore restore, Workload workload) {
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

  /** Gives it back; not doing so is no harm, a restore that is over has no turn. */
  void giveBack(PgRestore restore, Workload workload) {
    cluster
        .lease(restore.getMetadata().getNamespace(), Turn.name(workload))
        .filter(lease -> Turn.isOf(lease, restore))
        .ifPresent(writer::delete);
  }
}
