package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.document.ReportDocuments;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Table;
import dev.pgbackup.agent.output.Words;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.RetentionConfig;
import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.report.PruneDocument;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.retention.PrunePlan;
import dev.pgbackup.engine.retention.PruneResult;
import dev.pgbackup.engine.retention.Pruner;
import dev.pgbackup.engine.retention.RetentionPolicy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgbackup prune}. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Delete what the recovery window no longer needs; never the last backup that can be restored, nor what is in"
          + " use."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup prune --dry-run                   what would go, what would stay, and why",
      "  pgbackup prune --recovery-window 7d --min-backups 3"
    })
final class PruneCommand extends OutputCommand {

  @Option(names = "--dry-run", description = "change nothing")
  private boolean dryRun;

  @Option(
      names = "--recovery-window",
      paramLabel = "TIME",
      description = "how far back every moment can be restored, as in 14d; default: as configured")
  private @Nullable String window;

  @Option(
      names = "--min-backups",
      paramLabel = "NUMBER",
      description =
          "how many of the newest are kept however old they are; default: as configured, else 2")
  private @Nullable Integer minBackups;

  @Option(
      names = "--grace-period",
      paramLabel = "TIME",
      description =
          "how long the content of a deleted backup stays; default: as configured, else 24h")
  private @Nullable String grace;

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Override
  ExitCode execute() {
    RetentionPolicy policy =
        policy(archive.configFile(terminal()).map(ConfigFile::config).map(c -> c.retention()));
    Archive opened = archive.open(terminal());
    Pruner pruner = new Pruner(opened, policy);
    PrunePlan plan = pruner.plan();
    PruneResult result = dryRun ? null : pruner.apply(plan);
    print(ReportDocuments.retention(opened, plan, result), document -> page(document, style()));
    return ExitCode.SUCCESS;
  }

  private RetentionPolicy policy(Optional<RetentionConfig> configured) {
    Duration recoveryWindow =
        Optional.ofNullable(window)
            .map(PruneCommand::duration)
            .or(() -> configured.map(c -> c.recoveryWindow().duration()))
            .orElseThrow(
                () ->
                    new EngineException(
                        Reason.InvalidArgument,
                        "How much is to be kept? Give --recovery-window, or a configuration file."));
    int minimum =
        Optional.ofNullable(minBackups).or(() -> configured.map(c -> c.minBackups())).orElse(2);
    Duration gracePeriod =
        Optional.ofNullable(grace)
            .map(PruneCommand::duration)
            .or(() -> configured.map(c -> c.gracePeriod().duration()))
            .orElse(RetentionPolicy.DEFAULT_GRACE);
    return new RetentionPolicy(recoveryWindow, minimum, gracePeriod);
  }

  private static Duration duration(String text) {
    try {
      return Span.parse(text).duration();
    } catch (IllegalArgumentException e) {
      throw new EngineException(Reason.InvalidArgument, e.getMessage() + ".", e);
    }
  }

  static String page(PruneDocument document, Style style) {
    StringBuilder page = new StringBuilder();
    Table backups = new Table().column("BACKUP").column("").column("WHY");
    document.backups().forEach(decision -> row(backups, decision, style));
    if (!backups.isEmpty()) {
      page.append(backups.render(style)).append('\n');
    }
    Table remains = new Table().column("REMAINS OF").column("").column("WHY");
    document.remains().forEach(decision -> row(remains, decision, style));
    if (!remains.isEmpty()) {
      page.append(remains.render(style)).append('\n');
    }
    Table wal = new Table().rightColumn("WAL OF TL").column("KEPT FROM").column("WHY");
    for (PruneDocument.WalDecision decision : document.wal()) {
      wal.row(
          Integer.toString(decision.timeline()),
          decision.keepFromLsn() == null ? style.bad("nothing") : decision.keepFromLsn(),
          decision.why());
    }
    if (!wal.isEmpty()) {
      page.append(wal.render(style)).append('\n');
    }
    document.notes().forEach(note -> page.append(style.doubtful(note)).append('\n'));
    PruneDocument.Done done = document.done();
    if (done == null) {
      page.append("Nothing was changed (--dry-run).\n");
    } else {
      page.append("Deleted: ")
          .append(Words.count(done.backups(), "backup", "backups"))
          .append(", ")
          .append(Words.count(done.bundles(), "object of backups", "objects of backups"))
          .append(", ")
          .append(Words.count(done.walObjects(), "object of WAL", "objects of WAL"))
          .append("; ")
          .append(Words.bytes(done.bytes()))
          .append(".\n");
    }
    return page.toString();
  }

  private static void row(Table table, PruneDocument.Decision decision, Style style) {
    table.row(
        decision.backupId(),
        decision.delete() ? style.bad("goes") : style.good("stays"),
        decision.why());
  }
}
