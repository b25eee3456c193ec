package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.report.ArchivedWalReport;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.time.Instant;

/** How archiving from a stopped server's directory ended. */
public final class ArchivedWalReports {

  private ArchivedWalReports() {}

  public static ArchivedWalReport succeeded(ControlFile control, WalTip tip, Instant completedAt) {
    return new ArchivedWalReport(
        ContractJson.VERSION,
        true,
        ExitCode.SUCCESS.code(),
        null,
        "The WAL of the stopped server is archived up to its end at "
            + tip.end()
            + ", timeline "
            + tip.timeline()
            + ".",
        completedAt,
        control.system().toString(),
        tip.timeline().number(),
        tip.end().toString(),
        control.state() == ClusterState.SHUT_DOWN);
  }

  public static ArchivedWalReport failed(Throwable failure, Instant completedAt) {
    return new ArchivedWalReport(
        ContractJson.VERSION,
        false,
        Failures.exitCode(failure).code(),
        Failures.reason(failure).name(),
        Failures.message(failure),
        completedAt,
        null,
        null,
        null,
        null);
  }
}
