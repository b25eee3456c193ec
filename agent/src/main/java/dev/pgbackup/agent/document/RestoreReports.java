package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.restore.CheckResult;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.RestoreResult;
import dev.pgbackup.engine.restore.check.Answer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a restore ended. */
public final class RestoreReports {

  private RestoreReports() {}

  /**
   * A restore that reached its target.
   *
   * @param answers to the checks that it had to pass
   */
  public static RestoreReport succeeded(
      RestoreResult result, List<Answer> answers, Instant startedAt, Instant completedAt) {
    PlanDocument plan = PlanDocuments.plan(result.plan());
    return new RestoreReport(
        ContractJson.VERSION,
        true,
        ExitCode.SUCCESS.code(),
        null,
        message(result),
        startedAt,
        completedAt,
        plan,
        new RestoreReport.Recovered(
            plan.targetLsn(),
            plan.targetTime(),
            plan.targetXid(),
            result.timeline().map(Timeline::number).orElse(null),
            result.slot().orElse(null),
            result.preparedTransactions()),
        checks(answers));
  }

  /**
   * A restore that failed.
   *
   * @param plan null if there was none yet
   * @param answers to the checks, as far as they were made
   */
  public static RestoreReport failed(
      Throwable failure,
      @Nullable PlanDocument plan,
      List<Answer> answers,
      Instant startedAt,
      Instant completedAt) {
    return new RestoreReport(
        ContractJson.VERSION,
        false,
        Failures.exitCode(failure).code(),
        Failures.reason(failure).name(),
        Failures.message(failure),
        startedAt,
        completedAt,
        plan,
        null,
        checks(answers));
  }

  /** Answers to checks, for others. */
  public static List<CheckResult> checks(List<Answer> answers) {
    return answers.stream()
        .map(
            answer ->
                new CheckResult(answer.check(), answer.passed(), answer.complaint().orElse(null)))
        .toList();
  }

  private static String message(RestoreResult result) {
    String what =
        result.directory()
            + " is restored to "
            + result.plan().target().target().describe()
            + ", up to "
            + result.plan().target().lastRecordEnd();
    if (result.timeline().isEmpty()) {
      return what
          + ". It is still in recovery: run the same restore again, to be promoted, before it is started.";
    }
    return what
        + ", on timeline "
        + result.timeline().get()
        + (result.before()
            ? ". That had been done already."
            : ". It is shut down, and can be started.");
  }
}
