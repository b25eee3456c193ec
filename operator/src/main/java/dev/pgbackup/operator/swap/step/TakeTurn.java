package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import java.util.Optional;

/** Waits until no other restore is about to change the same database. */
final class TakeTurn implements RestoreStep {

  private final Turns turns;

  TakeTurn(Turns turns) {
    this.turns = turns;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    ResolvedTarget target = run.source().target();
    if (target == null) {
      return run.refuse(
          "TargetNotFound", "The database whose volume is to be swapped is not there.");
    }
    if (run.restore().getSpec().dryRun()) {
      return StepOutcome.Proceed;
    }
    Optional<String> other = turns.take(run, target.workload());
    return other.isEmpty()
        ? StepOutcome.Proceed
        : run.wait(
            RestorePhase.Pending,
            "RestoreInProgress",
            "The restore \"%s\" of %s is not done yet; it is waited for."
                .formatted(other.get(), target.workload().describe()));
  }
}
