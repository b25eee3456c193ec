package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.restore.model.RestoreClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Sees whether the volume is there already: a restore that was done is not done again, however
 * often its manifest is applied, and a volume of others is never touched.
 */
@Singleton
public final class RecognizeEarlierRun implements RestoreStep {

  private final ClusterReader cluster;

  public RecognizeEarlierRun(ClusterReader cluster) {
    this.cluster = cluster;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (run.restore().getSpec().dryRun()) {
      return StepOutcome.Proceed;
    }
    String name = RestoreClaim.name(run.restore());
    Optional<PersistentVolumeClaim> claim = cluster.claim(run.namespace(), name);
    if (claim.isEmpty()) {
      return StepOutcome.Proceed;
    }
    if (run.restore().getSpec().isInstance()) {
      return ofCopy(run, claim.get());
    }
    if (!RestoreClaim.isOf(claim.get(), run.restore())) {
      return exists(run, name);
    }
    Optional<String> completed = RestoreClaim.completedAt(claim.get());
    if (completed.isEmpty() || run.restore().getSpec().isSwap()) {
      return StepOutcome.Proceed;
    }
    run.notes().volume(name, claim.get().getSpec().getVolumeName());
    run.notes()
        .turn(
            RestorePhase.AlreadyApplied,
            "AlreadyApplied",
            "This restore was done at %s; claim \"%s\" holds it. To do it again, delete the claim first, or use another name."
                .formatted(completed.get(), name));
    return StepOutcome.Over;
  }

  /**
   * The volume of a copy goes with the object that it was made for, and is made anew for another.
   */
  private static StepOutcome ofCopy(RestoreRun run, PersistentVolumeClaim claim) {
    if (Owner.owns(run.restore(), claim)) {
      return StepOutcome.Proceed;
    }
    String name = claim.getMetadata().getName();
    return Owner.isOwned(claim)
        ? run.wait(
            RestorePhase.Pending,
            "EarlierInstance",
            "The claim \"%s\" of an earlier copy of that name is on its way out.".formatted(name))
        : exists(run, name);
  }

  private static StepOutcome exists(RestoreRun run, String name) {
    return run.refuse(
        "ClaimExists",
        "There is a PersistentVolumeClaim \"%s\" already, which this restore did not make. Give another volume.claimName, or delete that claim if nobody needs it."
            .formatted(name));
  }
}
