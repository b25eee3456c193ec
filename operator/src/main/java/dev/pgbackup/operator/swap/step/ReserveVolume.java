package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.PodHealth;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes the new volume from its claim and reserves it for the database's. While that name is bound
 * elsewhere the reservation does nothing: everything up to here can be given up.
 */
final class ReserveVolume implements RestoreStep {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final Clock clock;

  ReserveVolume(ClusterReader cluster, ClusterWriter writer, Clock clock) {
    this.cluster = cluster;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Reserving)) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    Optional<PersistentVolume> volume = cluster.volume(exchange.coming());
    if (volume.isEmpty() || !VolumeChanges.isProtected(volume.get())) {
      return run.wait(
          RestorePhase.Fencing,
          "VolumeGone",
          "The volume %s is not there any more, or not protected.".formatted(exchange.coming()));
    }
    if (VolumeChanges.isReserved(volume.get(), exchange.namespace(), exchange.claim())) {
      return VolumeChanges.isAvailable(volume.get()) ? reserved(run, exchange) : StepOutcome.Wait;
    }
    Optional<PersistentVolumeClaim> donor = cluster.claim(exchange.namespace(), exchange.donor());
    if (donor.isPresent() && Claims.isOn(donor.get(), exchange.coming())) {
      if (donor.get().getMetadata().getDeletionTimestamp() == null) {
        writer.delete(donor.get());
      }
      endedPods(exchange).forEach(writer::delete);
      return run.wait(
          RestorePhase.Fencing,
          "Reserving",
          "The claim \"%s\" gives its volume away; pods that use it are waited for."
              .formatted(exchange.donor()));
    }
    if (VolumeChanges.isReleased(volume.get())) {
      writer.patch(
          volume.get(),
          VolumeChanges.reserve(volume.get(), exchange.namespace(), exchange.claim()));
    }
    return StepOutcome.Wait;
  }

  /** A pod that is over still holds its claim; our own jobs leave such pods behind. */
  private List<Pod> endedPods(Exchange exchange) {
    return cluster.podsWith(exchange.namespace(), exchange.donor()).stream()
        .filter(Names::isOurs)
        .filter(PodHealth::isOver)
        .toList();
  }

  private StepOutcome reserved(RestoreRun run, Exchange exchange) {
    run.notes()
        .swap(Objects.requireNonNull(run.notes().swap()).fenced(clock.instant()));
    run.notes()
        .turn(
            RestorePhase.Fencing,
            "Fencing",
            "Volume %s is reserved for claim \"%s\". The database is being stopped."
                .formatted(exchange.coming(), exchange.claim()));
    return run.next(SwapStep.Fencing);
  }
}
