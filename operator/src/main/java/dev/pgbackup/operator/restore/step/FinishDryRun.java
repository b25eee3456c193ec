package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.RestorePhase;
import jakarta.inject.Singleton;

/** Stops where only the plan was asked for. */
@Singleton
public final class FinishDryRun implements RestoreStep {

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.restore().getSpec().dryRun()) {
      return StepOutcome.Proceed;
    }
    run.notes()
        .turn(
            RestorePhase.Succeeded,
            "DryRun",
            "This restore can be done; status.plan says how. Nothing was created.");
    return StepOutcome.Over;
  }
}
