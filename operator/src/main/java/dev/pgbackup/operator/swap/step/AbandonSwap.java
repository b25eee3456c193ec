package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Gives a swap up, if somebody wishes so before the database is stopped: the new volume goes back
 * to its claim, and everything is as it was.
 */
final class AbandonSwap implements RestoreStep {

  private static final Set<SwapStep> REVERSIBLE =
      EnumSet.of(SwapStep.Preparing, SwapStep.Protecting, SwapStep.Reserving);

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final ObjectWriter objects;
  private final SwapAgent agent;

  AbandonSwap(ClusterReader cluster, ClusterWriter writer, ObjectWriter objects, SwapAgent agent) {
    this.cluster = cluster;
    this.writer = writer;
    this.objects = objects;
    this.agent = agent;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    SwapStatus swap = Objects.requireNonNull(run.notes().swap());
    if (!isUnwanted(run.restore())
        || Boolean.TRUE.equals(swap.rollingBack())
        || !REVERSIBLE.contains(swap.step())) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    agent.resume(run);
    Optional<PersistentVolumeClaim> donor = cluster.claim(exchange.namespace(), exchange.donor());
    if (donor.isEmpty() || donor.get().getMetadata().getDeletionTimestamp() != null) {
      giveBack(run, exchange, donor.isEmpty());
      return run.wait(
          RestorePhase.Fencing, "Aborting", "The new volume is given back to its claim.");
    }
    if (!Claims.isBound(donor.get())) {
      return StepOutcome.Wait;
    }
    if (run.restore().getSpec().source().retainedVolume() == null) {
      // One that was retained before this swap stays so.
      release(exchange.coming());
    }
    release(exchange.leaving());
    cluster
        .restore(run.namespace(), run.restore().getMetadata().getName())
        .ifPresent(restore -> writer.letGo(restore, SwapSteps.FINALIZER));
    run.notes()
        .turn(
            RestorePhase.Aborted,
            "Aborted",
            "Given up before the database was stopped. Claim \"%s\" holds what was to take its place."
                .formatted(exchange.donor()));
    return StepOutcome.Over;
  }

  /** An object that is deleted this early is one that nobody wants carried out. */
  private static boolean isUnwanted(PgRestore restore) {
    return restore.getSpec().abort() || restore.getMetadata().getDeletionTimestamp() != null;
  }

  private void giveBack(RestoreRun run, Exchange exchange, boolean claimIsGone) {
    Optional<PersistentVolume> volume = cluster.volume(exchange.coming());
    if (volume.isEmpty() || !claimIsGone) {
      return;
    }
    if (VolumeChanges.isReserved(volume.get(), exchange.namespace(), exchange.donor())) {
      objects.createIfAbsent(
          Claims.holding(
              volume.get(),
              exchange.namespace(),
              exchange.donor(),
              Exchange.donorAnnotations(run.restore())));
    } else if (VolumeChanges.isReleased(volume.get())
        || VolumeChanges.isReserved(volume.get(), exchange.namespace(), exchange.claim())) {
      writer.patch(
          volume.get(),
          VolumeChanges.reserve(volume.get(), exchange.namespace(), exchange.donor()));
    }
  }

  private void release(String name) {
    cluster.volume(name).ifPresent(volume -> writer.patch(volume, VolumeChanges.release(volume)));
  }
}
