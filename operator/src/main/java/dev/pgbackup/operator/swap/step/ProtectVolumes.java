package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Optional;

/**
 * Makes both volumes stay when their claims go. A volume with reclaim policy Delete whose claim is
 * gone is deleted, and the data with it.
 */
final class ProtectVolumes implements RestoreStep {

  private final ClusterReader cluster;
  private final ClusterWriter writer;

  ProtectVolumes(ClusterReader cluster, ClusterWriter writer) {
    this.cluster = cluster;
    this.writer = writer;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Protecting)) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    cluster
        .restore(run.namespace(), run.restore().getMetadata().getName())
        .ifPresent(restore -> writer.hold(restore, SwapSteps.FINALIZER));
    for (String name : List.of(exchange.leaving(), exchange.coming())) {
      Optional<PersistentVolume> volume = cluster.volume(name);
      if (volume.isEmpty()) {
        return run.wait(
            RestorePhase.Fencing, "VolumeGone", "The volume %s is gone.".formatted(name));
      }
      protect(run, exchange, volume.get());
    }
    // Read back: what follows relies on it.
    boolean done =
        List.of(exchange.leaving(), exchange.coming()).stream()
            .allMatch(name -> cluster.volume(name).filter(VolumeChanges::isProtected).isPresent());
    if (!done) {
      return StepOutcome.Wait;
    }
    run.notes()
        .turn(
            RestorePhase.Fencing,
            "Reserving",
            "Both volumes are kept, whatever happens to their claims.");
    return run.next(SwapStep.Reserving);
  }

  private void protect(RestoreRun run, Exchange exchange, PersistentVolume volume) {
    String restore = run.namespace() + "/" + run.restore().getMetadata().getName();
    Optional<PersistentVolumeClaim> claim = cluster.claim(run.namespace(), exchange.claim());
    boolean leaves = volume.getMetadata().getName().equals(exchange.leaving());
    String manifest =
        leaves && claim.isPresent() ? ContractJson.write(Claims.manifest(claim.get())) : "";
    writer.patch(volume, VolumeChanges.protect(volume, restore, manifest));
  }
}
