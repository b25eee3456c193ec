package dev.pgbackup.operator.restore.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.restore.model.ReviewWords;
import jakarta.inject.Singleton;

/** Waits, before the database is touched, until somebody says that it may be. */
@Singleton
public final class AwaitApproval implements RestoreStep {

  @Override
  public StepOutcome take(RestoreRun run) {
    PgRestore restore = run.restore();
    if (!restore.getSpec().review().isManual()) {
      return StepOutcome.Proceed;
    }
    if (!restore.getSpec().approved()) {
      return run.awaitApproval(ReviewWords.beforeSwap(restore));
    }
    run.approved();
    return StepOutcome.Proceed;
  }
}
