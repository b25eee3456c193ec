package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Objects;
import java.util.Optional;

/** Gives the volume that was replaced a claim of its own: the way back. */
final class KeepOldVolume implements RestoreStep {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final ObjectWriter objects;

  KeepOldVolume(ClusterReader cluster, ClusterWriter writer, ObjectWriter objects) {
    this.cluster = cluster;
    this.writer = writer;
    this.objects = objects;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Keeping)) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    Optional<PersistentVolume> volume = cluster.volume(exchange.leaving());
    if (volume.isEmpty()) {
      return run.wait(
          RestorePhase.Starting,
          "VolumeGone",
          "Volume %s, which was to be kept, is gone.".formatted(exchange.leaving()));
    }
    if (VolumeChanges.isReleased(volume.get())) {
      writer.patch(
          volume.get(),
          VolumeChanges.reserve(volume.get(), exchange.namespace(), exchange.keeper()));
      return StepOutcome.Wait;
    }
    if (!VolumeChanges.isFor(volume.get(), exchange.namespace(), exchange.keeper())) {
      return StepOutcome.Wait;
    }
    PersistentVolumeClaim keeper =
        objects.createIfAbsent(
            Claims.holding(
                volume.get(),
                exchange.namespace(),
                exchange.keeper(),
                Claims.retained(
                    Objects.requireNonNull(Objects.requireNonNull(run.notes().swap()).policy()),
                    exchange.claim(),
                    run.restore().getMetadata().getName())));
    if (!Claims.isOn(keeper, exchange.leaving())) {
      return run.wait(
          RestorePhase.Starting,
          "ClaimExists",
          "There is a claim \"%s\" of somebody else, so volume %s cannot be kept under that name; it stays, reserved for it. Delete that claim or move it away."
              .formatted(exchange.keeper(), exchange.leaving()));
    }
    return Claims.isBound(keeper) ? kept(run, exchange) : StepOutcome.Wait;
  }

  private static StepOutcome kept(RestoreRun run, Exchange exchange) {
    run.notes()
        .passed(
            ConditionType.OldVolumeRetained,
            "Volume %s is kept by claim \"%s\".".formatted(exchange.leaving(), exchange.keeper()));
    run.notes()
        .turn(
            RestorePhase.Starting,
            "Archiving",
            "What only the old volume has of its WAL is archived from it.");
    return run.next(exchange.back() ? SwapStep.Releasing : SwapStep.Archiving);
  }
}
