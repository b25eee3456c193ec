package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Ledger;
import java.util.Optional;

/** Sees whether this very restore was done before: a manifest that is made anew swaps nothing. */
final class RecognizeSwap implements RestoreStep {

  private final ClusterReader cluster;

  RecognizeSwap(ClusterReader cluster) {
    this.cluster = cluster;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    Optional<Ledger.Entry> done =
        run.workload()
            .map(workload -> Ledger.name(workload.kind(), workload.name()))
            .flatMap(name -> cluster.configMap(run.namespace(), name))
            .flatMap(ledger -> Ledger.find(ledger, run.restore()));
    if (done.isEmpty()) {
      return StepOutcome.Proceed;
    }
    run.notes()
        .turn(
            RestorePhase.AlreadyApplied,
            "AlreadyApplied",
            "This restore was done at %s; the volume of before is kept by claim \"%s\". To do it again, use another name."
                .formatted(done.get().swappedAt(), done.get().retainedClaim()));
    return StepOutcome.Over;
  }
}
