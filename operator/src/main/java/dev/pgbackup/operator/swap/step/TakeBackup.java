package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.agent.AgentRefused;
import dev.pgbackup.operator.agent.AgentUnreachable;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.ConditionType;
import java.util.Objects;

/** Has a base backup taken of the database as it is now. One that fails is told, and no more. */
final class TakeBackup implements RestoreStep {

  private static final int TOO_BUSY = 409;

  private final SwapAgent agent;

  TakeBackup(SwapAgent agent) {
    this.agent = agent;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.BackingUp)) {
      return StepOutcome.Proceed;
    }
    if (!run.restore().getSpec().swap().postBackup()) {
      return run.next(SwapStep.Done);
    }
    try {
      BackupProgressStatus backup = agent.backup(run);
      return switch (backup.phase()) {
        case Completed -> {
          run.notes()
              .passed(
                  ConditionType.PostBackupCompleted,
                  "Backup %s is in the archive.".formatted(backup.backupId()));
          yield run.next(SwapStep.Done);
        }
        case Failed ->
            failed(
                run,
                "BackupFailed",
                backup.failure() == null
                    ? "The backup failed."
                    : Objects.requireNonNull(backup.failure()).message());
        case Pending, Running, WaitingForWal, Unknown ->
            waiting(run, "BackingUp", "A base backup of the new branch is taken.");
      };
    } catch (AgentUnreachable e) {
      return waiting(run, "AgentUnavailable", "The agent does not answer: " + e.getMessage());
    } catch (AgentRefused e) {
      return e.status() == TOO_BUSY || e.status() / 100 == 5
          ? waiting(run, e.refusal().reason(), e.refusal().message())
          : failed(run, e.refusal().reason(), e.refusal().message());
    }
  }

  private static StepOutcome waiting(RestoreRun run, String reason, String message) {
    return run.wait(RestorePhase.PostRestore, reason, message);
  }

  private static StepOutcome failed(RestoreRun run, String reason, String message) {
    run.notes().refused(ConditionType.PostBackupCompleted, reason, message);
    return run.next(SwapStep.Done);
  }
}
