package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.ArchiveDocuments;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Table;
import dev.pgbackup.agent.output.Words;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.status.AgentStatus.RecoveryWindow;
import dev.pgbackup.contract.status.AgentStatus.WalGap;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgbackup list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Show the backups of an archive, and what can be restored.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup list",
      "  pgbackup list --store s3://pghoard/team -o json",
      "  pgbackup list --store /srv/archive --archive 7312345678901234567-1"
    })
final class ListCommand extends OutputCommand {

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Override
  ExitCode execute() {
    print(ArchiveDocuments.list(archive.open(terminal())), list -> page(list, style()));
    return ExitCode.SUCCESS;
  }

  static String page(BackupList list, Style style) {
    StringBuilder page = new StringBuilder();
    page.append("Archive ")
        .append(style.bold(list.archiveId()))
        .append(": PostgreSQL ")
        .append(list.majorVersion());
    if (list.liveTimeline() != null) {
      page.append(", the server was last on timeline ").append(list.liveTimeline());
    }
    page.append("\n\n");
    if (list.backups().isEmpty()) {
      return page.append("There is no backup yet. Take one: `pgbackup backup`.\n").toString();
    }
    page.append(backups(list).render(style)).append('\n');
    Table windows = windows(list, style);
    page.append(windows.isEmpty() ? "Nothing can be restored.\n" : windows.render(style));
    for (WalGap gap : list.gaps()) {
      page.append(
          style.bad(
              "Gap on timeline "
                  + gap.timeline()
                  + ": no WAL from "
                  + gap.fromLsn()
                  + " to "
                  + gap.toLsn()
                  + " ("
                  + gap.cause()
                  + ")\n"));
    }
    return page.toString();
  }

  private static Table backups(BackupList list) {
    Table table =
        new Table()
            .column("BACKUP")
            .column("COMPLETED")
            .rightColumn("TL")
            .column("END")
            .rightColumn("SIZE")
            .rightColumn("STORED")
            .column("ORIGIN");
    for (BackupDocument backup : list.backups()) {
      table.row(
          backup.backupId(),
          Words.time(backup.completedAt()),
          Integer.toString(backup.timeline()),
          backup.endLsn(),
          Words.bytes(backup.totalBytes()),
          Words.bytes(backup.storedBytes()),
          backup.origin());
    }
    return table;
  }

  private static Table windows(BackupList list, Style style) {
    Table table =
        new Table()
            .column("RESTORABLE FROM")
            .column("TO")
            .rightColumn("TL")
            .column("FROM LSN")
            .column("TO LSN")
            .rightColumn("LAST XID")
            .column("");
    for (RecoveryWindow window : list.recoveryWindows()) {
      String closed = window.closedBy();
      String note = closed == null ? style.good("growing") : closed;
      table.row(
          Words.time(window.from()),
          Words.time(window.to()),
          Integer.toString(window.timeline()),
          window.fromLsn(),
          window.toLsn(),
          window.lastXid() == null ? "" : window.lastXid(),
          window.contiguous() ? note : style.bad(note));
    }
    return table;
  }
}
