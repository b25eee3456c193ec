package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.Swap;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import java.util.stream.Collectors;

/** Has everything made durable that the database has written, and the agent let go of it. */
final class PrepareDatabase implements RestoreStep {

  private final SwapAgent agent;

  PrepareDatabase(SwapAgent agent) {
    this.agent = agent;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Preparing)) {
      return StepOutcome.Proceed;
    }
    String loss = "";
    try {
      if (!isPrepared(run)) {
        loss = loss(agent.prepareSwap(run));
      }
    } catch (AgentUnreachable e) {
      return without(run, "AgentUnavailable", "The agent does not answer: " + e.getMessage());
    } catch (AgentRefused e) {
      return without(run, e.refusal().reason(), e.refusal().message());
    }
    run.notes()
        .turn(
            RestorePhase.Fencing,
            "Protecting",
            "Everything that the database has written is durable." + loss);
    return run.next(SwapStep.Protecting);
  }

  /** What the restored volume does not have, and an undo brings back. */
  private static String loss(SwapPreparation prepared) {
    String slots =
        prepared.logicalSlots().stream()
            .map(SwapPreparation.LogicalSlot::name)
            .collect(Collectors.joining(", "));
    String transactions =
        prepared.preparedTransactions().stream()
            .map(SwapPreparation.PreparedTransaction::gid)
            .collect(Collectors.joining(", "));
    return (slots.isEmpty()
            ? ""
            : " Logical slots that the other volume may not have: " + slots + ".")
        + (transactions.isEmpty()
            ? ""
            : " Prepared transactions that wait for their second phase: " + transactions + ".");
  }

  /** An operator that was killed after it had asked. */
  private boolean isPrepared(RestoreRun run) {
    return agent
        .status(run)
        .filter(status -> status.archiving().state() == ArchivingStatus.State.Stopped)
        .isPresent();
  }

  private static StepOutcome without(RestoreRun run, String reason, String message) {
    if (run.restore().getSpec().swap().finalWalFlush() != Swap.FinalWalFlush.BestEffort) {
      return run.wait(
          RestorePhase.Fencing,
          reason,
          message
              + " The database is not stopped before everything is durable; swap.finalWalFlush: BestEffort would not wait for it.");
    }
    run.notes()
        .turn(
            RestorePhase.Fencing,
            reason,
            message + " What is not durable yet is archived from the old volume afterwards.");
    return run.next(SwapStep.Protecting);
  }
}
