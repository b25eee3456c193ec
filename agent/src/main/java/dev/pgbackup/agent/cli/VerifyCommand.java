package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.document.ReportDocuments;
import dev.pgbackup.agent.output.ProgressBar;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Table;
import dev.pgbackup.agent.output.Words;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.report.VerifyDocument;
import dev.pgbackup.contract.report.VerifyDocument.FindingDocument;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.verify.Verifier;
import dev.pgbackup.engine.verify.VerifyReport;
import dev.pgbackup.engine.verify.VerifyRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgbackup verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Check that every object that backups need is there and hashes right. It reads only.",
      "Ends with exit code 8 if something is wrong."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup verify                       all backups, all of their content",
      "  pgbackup verify --sample 10%%          that every object is there, and a tenth of the content",
      "  pgbackup verify --backup 20261122T140307Z-3fa9 --window"
    })
final class VerifyCommand extends OutputCommand {

  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)%");

  @Option(names = "--backup", paramLabel = "ID", description = "one backup; default: all")
  private @Nullable String backup;

  @Option(
      names = "--sample",
      paramLabel = "PART",
      description = "the part of the content that is read: 0.1 or 10%%; default: all")
  private @Nullable String sample;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "chooses the sample; default: another one each time")
  private @Nullable Long seed;

  @Option(
      names = "--window",
      description = "all WAL up to the newest position too, not only what makes backups consistent")
  private boolean window;

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Override
  ExitCode execute() {
    VerifyRequest request =
        new VerifyRequest(
            Optional.ofNullable(backup).map(PlanDocuments::backupId),
            sample == null ? 1 : part(sample),
            seed == null ? System.nanoTime() : seed,
            window);
    Archive opened = archive.open(terminal());
    VerifyReport report;
    try (ProgressBar bar = progress()) {
      report = Verifier.verify(opened, request, bar::show);
    }
    print(ReportDocuments.verification(opened, report), found -> page(found, style()));
    return report.isClean() ? ExitCode.SUCCESS : ExitCode.FINDINGS;
  }

  static double part(String text) {
    try {
      Matcher percent = PERCENT.matcher(text);
      return percent.matches()
          ? Double.parseDouble(percent.group(1)) / 100
          : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new EngineException(
          Reason.InvalidArgument,
          "\"" + text + "\" is not a part of something; write 0.1 or 10%.",
          e);
    }
  }

  static String page(VerifyDocument found, Style style) {
    StringBuilder page = new StringBuilder();
    Table table = new Table().column("PROBLEM").column("OBJECT").column("NEEDED BY").column("");
    for (FindingDocument finding : found.findings()) {
      table.row(
          style.bad(finding.problem()),
          finding.key(),
          String.join(", ", finding.backups()),
          finding.detail());
    }
    if (!table.isEmpty()) {
      page.append(table.render(style)).append('\n');
    }
    page.append(
            found.clean()
                ? style.good("Nothing is wrong")
                : style.bad(Words.count(found.findings().size(), "problem", "problems")))
        .append(" in ")
        .append(Words.count(found.backups().size(), "backup", "backups"))
        .append(": ")
        .append(Words.count(found.objects(), "object", "objects"))
        .append(" looked at, ")
        .append(Words.count(found.chunks(), "chunk", "chunks"))
        .append(" (")
        .append(Words.bytes(found.bytesRead()))
        .append(") read")
        .append(found.sampled() ? ", a sample" : "")
        .append(".\n");
    return page.toString();
  }
}
