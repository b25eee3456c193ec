package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import java.util.Objects;

/** Says that everything is done, and lets others have their turn. */
final class FinishSwap implements RestoreStep {

  private final Turns turns;

  FinishSwap(Turns turns) {
    this.turns = turns;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Done)) {
      throw new IllegalStateException("a step of the swap is nobody's");
    }
    SwapStatus swap = Objects.requireNonNull(run.notes().swap());
    run.notes()
        .turn(
            RestorePhase.Succeeded,
            "Swapped",
            "The database runs on volume %s; it was down for %d seconds. Claim \"%s\" keeps the volume of before, until somebody deletes it."
                .formatted(
                    swap.newPv(),
                    Objects.requireNonNullElse(swap.downtimeSeconds(), 0L),
                    swap.retainedClaim()));
    turns.giveBack(run.restore(), Objects.requireNonNull(run.source().target()).workload());
    return StepOutcome.Over;
  }
}
