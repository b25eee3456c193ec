package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.report.PruneDocument;
import dev.pgbackup.contract.report.VerifyDocument;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.retention.PrunePlan;
import dev.pgbackup.engine.retention.PruneResult;
import dev.pgbackup.engine.verify.Finding;
import dev.pgbackup.engine.verify.VerifyReport;
import org.jspecify.annotations.Nullable;

/** What verification and retention report. */
public final class ReportDocuments {

  private ReportDocuments() {}

  public static VerifyDocument verification(Archive archive, VerifyReport report) {
    return new VerifyDocument(
        ContractJson.VERSION,
        archive.id().toString(),
        report.isClean(),
        report.sampled(),
        report.backups().stream().map(BackupId::toString).toList(),
        report.objects(),
        report.chunks(),
        report.bytesRead(),
        report.findings().stream().map(ReportDocuments::finding).toList());
  }

  private static VerifyDocument.FindingDocument finding(Finding finding) {
    return new VerifyDocument.FindingDocument(
        finding.key(),
        finding.problem().name(),
        finding.detail(),
        finding.backups().stream().sorted().map(BackupId::toString).toList());
  }

  /**
   * What goes and what stays.
   *
   * @param result null: nothing was changed
   */
  public static PruneDocument retention(
      Archive archive, PrunePlan plan, @Nullable PruneResult result) {
    return new PruneDocument(
        ContractJson.VERSION,
        archive.id().toString(),
        result == null,
        plan.reference(),
        plan.backups().stream()
            .map(d -> new PruneDocument.Decision(d.id().toString(), d.delete(), d.reason()))
            .toList(),
        plan.remains().stream()
            .map(d -> new PruneDocument.Decision(d.id().toString(), d.delete(), d.reason()))
            .toList(),
        plan.wal().stream()
            .map(
                d ->
                    new PruneDocument.WalDecision(
                        d.timeline().number(),
                        d.keepFrom().map(Lsn::toString).orElse(null),
                        d.reason()))
            .toList(),
        plan.notes(),
        result == null
            ? null
            : new PruneDocument.Done(
                result.backups(),
                result.bundles(),
                result.walObjects(),
                result.bytes(),
                result.abortedUploads()));
  }
}
