package dev.pgbackup.operator.fakes;

import static dev.pgbackup.operator.fakes.AgentStatuses.NOW;

import dev.pgbackup.contract.restore.CheckResult;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreReport;
import java.util.List;

/** What agents say of a restore to transaction 635. */
public final class Reports {

  public static final PlanDocument PLAN =
      new PlanDocument(
          1,
          AgentStatuses.ARCHIVE,
          "transaction 635, inclusive",
          AgentStatuses.BACKUP_ID,
          1,
          "0/2F00000",
          NOW,
          "635",
          List.of(1),
          2,
          1_000,
          50_000_000,
          10_000_000L,
          "17.2",
          List.of(),
          List.of());

  private Reports() {}

  public static String succeeded(CheckResult... checks) {
    return new RestoreReport(
            1,
            true,
            0,
            null,
            "done",
            NOW,
            NOW,
            null,
            new RestoreReport.Recovered("0/2F00000", NOW, "635", 2, null, null),
            List.of(checks))
        .toTerminationMessage();
  }

  public static String failed(String reason, String message, CheckResult... checks) {
    return new RestoreReport(1, false, 3, reason, message, NOW, NOW, null, null, List.of(checks))
        .toTerminationMessage();
  }
}
