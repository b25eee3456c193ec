package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.restore.model.RestoreClaim;
import dev.pgbackup.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Notes on the claim that it is filled: with that the restore is done, and never done again. */
@Singleton
public final class SealVolume implements RestoreStep {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final Clock clock;

  public SealVolume(ClusterReader cluster, ClusterWriter writer, Clock clock) {
    this.cluster = cluster;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    String name = RestoreClaim.name(run.restore());
    Optional<PersistentVolumeClaim> claim = cluster.claim(run.namespace(), name);
    if (claim.isEmpty()) {
      return run.fail(
          "ClaimGone", "The claim \"%s\" was deleted while it was filled.".formatted(name));
    }
    String pv = claim.get().getSpec().getVolumeName();
    if (RestoreClaim.completedAt(claim.get()).isEmpty()) {
      writer.annotate(
          claim.get(),
          RestoreClaim.COMPLETED,
          clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    run.notes().volume(name, pv);
    run.notes().passed(ConditionType.VolumeProvisioned, "Volume " + pv + " is bound.");
    if (run.restore().getSpec().isSwap() || run.restore().getSpec().isInstance()) {
      return StepOutcome.Proceed;
    }
    run.notes()
        .turn(
            RestorePhase.Succeeded,
            "Restored",
            "Claim \"%s\" holds the restored data directory, cleanly shut down.".formatted(name));
    return StepOutcome.Over;
  }
}
