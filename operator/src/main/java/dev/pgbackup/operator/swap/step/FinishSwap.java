package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Exchange;
import java.util.Objects;

/** Says that everything is done, or undone. */
final class FinishSwap implements RestoreStep {

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Done)) {
      throw new IllegalStateException("a step of the swap is nobody's");
    }
    SwapStatus swap = Objects.requireNonNull(run.notes().swap());
    if (Boolean.TRUE.equals(swap.rollingBack())) {
      rolledBack(run, swap, Exchange.of(run.restore()));
    } else {
      swapped(run, swap);
    }
    return StepOutcome.Over;
  }

  private static void swapped(RestoreRun run, SwapStatus swap) {
    run.notes()
        .turn(
            RestorePhase.Succeeded,
            "Swapped",
            "The database runs on volume %s; it was down for %d seconds. Claim \"%s\" keeps the volume of before."
                .formatted(
                    swap.newPv(),
                    Objects.requireNonNullElse(swap.downtimeSeconds(), 0L),
                    swap.retainedClaim()));
  }

  private static void rolledBack(RestoreRun run, SwapStatus swap, Exchange exchange) {
    boolean foreign = swap.foreignPv() != null;
    run.notes()
        .turn(
            RestorePhase.RolledBack,
            foreign ? "ForeignBind" : "NotReadyRolledBack",
            (foreign
                    ? "A foreign volume was bound in place of the restored one, so the old one was put back; "
                    : "The database did not become ready on the restored volume, so the old one was put back; ")
                + "it runs on volume %s again, and claim \"%s\" keeps the other one for a look."
                    .formatted(exchange.coming(), exchange.keeper()));
  }
}
