package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.Swap;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Losses;
import java.util.List;
import java.util.Objects;

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
    List<String> losses;
    try {
      losses = Losses.of(agent.prepareSwap(run));
    } catch (AgentUnreachable e) {
      return without(run, "AgentUnavailable", "The agent does not answer: " + e.getMessage());
    } catch (AgentRefused e) {
      return without(run, e.refusal().reason(), e.refusal().message());
    }
    if (!losses.isEmpty()) {
      run.notes().swap(Objects.requireNonNull(run.notes().swap()).warned(losses));
    }
    run.notes()
        .turn(
            RestorePhase.Fencing,
            "Protecting",
            "Everything that the database has written is durable.");
    return run.next(SwapStep.Protecting);
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
