package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.restore.model.RestorePlace;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.Keepers;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Writes down which volumes are exchanged: from then on it is a matter of the swap's own steps. */
final class BeginSwap implements RestoreStep {

  private final ClusterReader cluster;

  BeginSwap(ClusterReader cluster) {
    this.cluster = cluster;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    PgBackupPolicy policy = Objects.requireNonNull(run.source().policy());
    DataVolume volume = Objects.requireNonNull(run.source().dataVolume());
    Workload workload = Objects.requireNonNull(run.source().target()).workload();
    Optional<RestorePlace> place = RestorePlace.of(run.restore().getSpec(), volume);
    String coming = run.notes().volume() == null ? null : run.notes().volume().pv();
    Optional<String> leaving =
        cluster
            .claim(run.namespace(), volume.claim())
            .map(PersistentVolumeClaim::getSpec)
            .map(spec -> spec.getVolumeName());
    if (leaving.isEmpty() || coming == null || place.isEmpty()) {
      return run.wait(
          RestorePhase.Preflight,
          "ClaimNotBound",
          "Both volumes must be known, and where the data lies in them; it is waited for.");
    }
    List<String> keepers = Keepers.of(workload.labels(), workload.annotations());
    run.notes()
        .swap(
            SwapStatus.of(
                policy.getMetadata().getName(),
                place.get().folder(),
                volume.claim(),
                leaving.get(),
                coming,
                Exchange.retainedClaim(run.restore(), volume.claim())));
    run.notes()
        .turn(
            RestorePhase.Fencing,
            "Preparing",
            "Volume %s is about to take the place of %s.".formatted(coming, leaving.get())
                + (keepers.isEmpty()
                    ? ""
                    : " %s is kept by %s; nothing that it keeps is changed."
                        .formatted(workload.describe(), String.join(" and ", keepers))));
    return StepOutcome.Recorded;
  }
}
