package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Words;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgbackup plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Show what a restore would do, or why it cannot be done and what is possible instead.",
      "Nothing is created or downloaded."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup plan --target-xid 635",
      "  pgbackup plan --target-time \"2026-11-22 14:03:07+01:00\" --exclusive",
      "  pgbackup plan --target-latest -o json"
    })
final class PlanCommand extends OutputCommand {

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Override
  ExitCode execute() {
    RestoreRequest request = PlanDocuments.request(target.request(RestorePurpose.Master));
    PlanDocument plan =
        PlanDocuments.plan(new RestorePlanner(archive.open(terminal())).plan(request));
    print(plan, document -> page(document, style()));
    return ExitCode.SUCCESS;
  }

  static String page(PlanDocument plan, Style style) {
    StringBuilder page = new StringBuilder();
    line(page, style, "Target", plan.target());
    line(
        page,
        style,
        "Stops",
        "timeline "
            + plan.timeline()
            + " at "
            + plan.targetLsn()
            + (plan.targetXid() == null
                ? ", no transaction behind the backup"
                : ", behind transaction "
                    + plan.targetXid()
                    + " of "
                    + Words.time(plan.targetTime())));
    line(page, style, "Backup", plan.backupId() + ", " + Words.bytes(plan.bytes()) + " of files");
    line(
        page,
        style,
        "WAL",
        Words.bytes(plan.walBytes())
            + " in "
            + Words.count(plan.walSegments(), "segment", "segments")
            + ", "
            + (plan.timelinePath().size() == 1 ? "timeline " : "timelines ")
            + plan.timelinePath().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    line(page, style, "Needs", "PostgreSQL " + plan.serverVersion().replaceFirst("\\..*", ""));
    plan.tablespaces().forEach(folder -> line(page, style, "Tablespace", folder));
    plan.warnings().forEach(warning -> line(page, style, "Warning", style.doubtful(warning)));
    return page.toString();
  }

  private static void line(StringBuilder page, Style style, String title, String text) {
    page.append(style.bold(String.format("%-12s", title))).append(text).append('\n');
  }
}
