package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.restore.model.RestoreJob;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;

/** Gives a restore up that has not come to its swap, if somebody wishes so. */
final class ObeyAbort implements RestoreStep {

  private final ClusterReader cluster;
  private final ClusterWriter writer;

  ObeyAbort(ClusterReader cluster, ClusterWriter writer) {
    this.cluster = cluster;
    this.writer = writer;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.restore().getSpec().abort()) {
      return StepOutcome.Proceed;
    }
    cluster
        .job(run.namespace(), RestoreJob.name(run.restore()))
        .ifPresent(writer::delete);
    run.notes()
        .turn(
            RestorePhase.Aborted,
            "Aborted",
            "Given up before the database was touched. A volume that was made for it stays; delete its claim if nobody needs it.");
    return StepOutcome.Over;
  }
}
