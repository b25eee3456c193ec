package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.FindDocuments;
import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.find.EventQuery;
import dev.pgbackup.agent.find.EventSearch;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Table;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.report.FindDocument;
import dev.pgbackup.contract.restore.TargetDocument;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgbackup find}. */
@Command(
    name = "find",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Find transactions, drops and restore points in the archived WAL, and the target of a restore just before each."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup find --dropped table                    commits that deleted files of tables",
      "  pgbackup find --dropped database",
      "  pgbackup find --xid 635 --around 3               with its neighbours",
      "  pgbackup find --time 2026-11-22T14:03:07Z        what ended within 10 seconds of it",
      "  pgbackup find --restore-points"
    })
final class FindCommand extends OutputCommand {

  /** What can be dropped. */
  enum Dropped {
    table,
    database
  }

  private static final Duration NEAR = Duration.ofSeconds(10);

  @Option(
      names = "--dropped",
      paramLabel = "WHAT",
      description =
          "table: commits that deleted files of relations (DROP, TRUNCATE, rewrites); database: DROP DATABASE")
  private @Nullable Dropped dropped;

  @Option(
      names = "--xid",
      paramLabel = "XID",
      description = "how a transaction ended, or the one that it was a part of")
  private @Nullable String xid;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description = "transactions that ended near a moment: 2026-11-22T14:03:07Z")
  private @Nullable String time;

  @Option(
      names = "--near",
      paramLabel = "SECONDS",
      description = "what is near, with --time; default: 10")
  private @Nullable Long near;

  @Option(names = "--restore-points", description = "all restore points")
  private boolean restorePoints;

  @Option(names = "--name", paramLabel = "NAME", description = "restore points of that name")
  private @Nullable String name;

  @Option(
      names = "--around",
      paramLabel = "NUMBER",
      description = "so many neighbours before and behind each; default: 0")
  private int around;

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      description = "the newest so many only; default: 100")
  private int limit = 100;

  @Option(
      names = "--timeline",
      paramLabel = "NUMBER",
      description = "on the way to that timeline; default: where the server was last seen")
  private @Nullable Integer timeline;

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Override
  ExitCode execute() {
    EventQuery query = query();
    Archive opened = archive.open(terminal());
    Timeline branch =
        Optional.ofNullable(timeline)
            .map(PlanDocuments::timeline)
            .or(() -> opened.timelines().live())
            .orElse(Timeline.FIRST);
    EventSearch.Result result =
        new EventSearch(opened, branch).find(query, Math.max(0, around), Math.max(1, limit));
    print(FindDocuments.found(opened, result), found -> page(found, style()));
    return ExitCode.SUCCESS;
  }

  private EventQuery query() {
    List<EventQuery> wanted = new ArrayList<>();
    if (dropped != null) {
      wanted.add(
          dropped == Dropped.table
              ? new EventQuery.DroppedRelations()
              : new EventQuery.DroppedDatabases());
    }
    if (xid != null
        && PlanDocuments.target(TargetDocument.xid(xid))
            instanceof RecoveryTarget.Transaction transaction) {
      wanted.add(new EventQuery.Transaction(transaction.xid(), transaction.hasEpoch()));
    }
    if (time != null
        && PlanDocuments.target(TargetDocument.time(time)) instanceof RecoveryTarget.Time moment) {
      Duration distance = near == null ? NEAR : Duration.ofSeconds(near);
      Instant middle = moment.time();
      wanted.add(new EventQuery.Between(middle.minus(distance), middle.plus(distance)));
    }
    if (restorePoints || name != null) {
      wanted.add(new EventQuery.RestorePoints(Optional.ofNullable(name)));
    }
    if (wanted.size() != 1) {
      throw new EngineException(
          Reason.InvalidArgument,
          "Say what to look for: one of --dropped, --xid, --time, --restore-points and --name.");
    }
    return wanted.get(0);
  }

  static String page(FindDocument found, Style style) {
    if (found.events().isEmpty()) {
      return "Nothing of that kind lies in what can be restored on timeline "
          + found.timeline()
          + ".\n";
    }
    Table table =
        new Table()
            .column("")
            .column("WHAT")
            .rightColumn("XID")
            .column("TIME")
            .rightColumn("TL")
            .column("LSN")
            .column("DETAILS")
            .column("RESTORE TO JUST BEFORE");
    for (FindDocument.Event event : found.events()) {
      table.row(
          event.match() ? style.bold(">") : "",
          event.kind(),
          event.xid() == null ? "" : event.xid(),
          event.time() == null ? "" : event.time().toString(),
          Integer.toString(event.timeline()),
          event.lsn(),
          details(event),
          event.exclusiveTarget() == null ? "" : event.exclusiveTarget());
    }
    return table.render(style)
        + (found.complete() ? "" : "There are older ones; --limit shows more.\n");
  }

  private static String details(FindDocument.Event event) {
    List<String> details = new ArrayList<>();
    if (event.name() != null) {
      details.add("\"" + event.name() + "\"");
    }
    if (event.database() != null) {
      details.add("database with oid " + event.database());
    }
    if (!event.droppedFiles().isEmpty()) {
      details.add("files " + String.join(" ", event.droppedFiles()));
    }
    if (!event.subtransactions().isEmpty()) {
      details.add("with " + String.join(" ", event.subtransactions()));
    }
    return String.join(", ", details);
  }
}
