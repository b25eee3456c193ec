package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.document.RestoreReports;
import dev.pgbackup.agent.output.ProgressBar;
import dev.pgbackup.agent.task.EndInOrder;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.Restore;
import dev.pgbackup.engine.restore.RestoreResult;
import dev.pgbackup.engine.restore.RestoreSettings;
import dev.pgbackup.engine.restore.Review;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.replay.LocalReplayServer;
import dev.pgbackup.engine.restore.replay.PausedServer;
import dev.pgbackup.engine.restore.replay.TargetAction;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgbackup restore}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Restore into a directory: the base backup, then WAL replayed by a PostgreSQL of this machine up to the target.",
      "The directory is left shut down, on a timeline of its own, ready to be started. Cut off, the same command finishes"
          + " it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pgbackup restore --target-xid 635 --target-dir /srv/restored \\",
      "                   --postgres-bin /usr/lib/postgresql/16/bin",
      "  pgbackup restore --target-latest --purpose clone --target-dir /srv/copy \\",
      "                   --postgres-bin /usr/lib/postgresql/16/bin"
    })
final class RestoreCommand extends OutputCommand {

  /** What is done at the target. */
  enum Action {
    promote(TargetAction.Promote),
    pause(TargetAction.Pause),
    shutdown(TargetAction.Shutdown);

    private final TargetAction action;

    Action(TargetAction action) {
      this.action = action;
    }
  }

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Option(
      names = "--target-dir",
      paramLabel = "DIR",
      required = true,
      description =
          "the data directory to be; must be empty, or not exist, unless --delta is given")
  private Path directory;

  @Option(
      names = "--postgres-bin",
      paramLabel = "DIR",
      required = true,
      description = "the folder that holds `postgres`, of the backup's major version")
  private Path binaries;

  @Option(
      names = "--purpose",
      paramLabel = "PURPOSE",
      defaultValue = "master",
      description =
          "master: takes the server's place, so it gets the slot, and its timeline is archived; clone: a copy that never"
              + " writes to the archive (default: ${DEFAULT-VALUE})")
  private PurposeOption purpose;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      defaultValue = "promote",
      description =
          "at the target: promote; pause for a look at a running server, then ask; shutdown, still in recovery"
              + " (default: ${DEFAULT-VALUE})")
  private Action action;

  @Option(
      names = "--slot",
      paramLabel = "NAME",
      description =
          "the slot of a directory that takes the server's place (default: the configuration's wal.slotName)")
  private @Nullable String slot;

  @Option(
      names = "--delta",
      description =
          "use what lies in the directory: fetch only what differs, remove what does not belong there")
  private boolean delta;

  @Option(
      names = {"-j", "--parallelism"},
      paramLabel = "N",
      defaultValue = "4",
      description = "pieces fetched at a time (default: ${DEFAULT-VALUE})")
  private int parallelism;

  @Option(
      names = "--tablespace-mapping",
      paramLabel = "OLD=NEW",
      description =
          "put a tablespace elsewhere; may be given several times. OLD=OLD: one that was created after the backup may be"
              + " made at its own path, which must be an empty folder")
  private Map<String, Path> tablespaces = Map.of();

  @Override
  ExitCode execute() throws Exception {
    requireSensible();
    Instant startedAt = Instant.now();
    Archive opened = archive.open(terminal());
    RestorePlan plan =
        new RestorePlanner(opened).plan(PlanDocuments.request(target.request(purpose.purpose())));
    RestoreResult result = EndInOrder.run(() -> restore(opened, plan));
    RestoreReport report = RestoreReports.succeeded(result, List.of(), startedAt, Instant.now());
    print(report, document -> document.message() + "\n");
    return ExitCode.SUCCESS;
  }

  private void requireSensible() {
    if (parallelism < 1) {
      throw new EngineException(
          Reason.InvalidArgument, "--parallelism must be at least 1, not " + parallelism + ".");
    }
    if (action == Action.pause && System.console() == null) {
      throw new EngineException(
          Reason.InvalidArgument,
          "--action pause asks what to do at the target, and there is no terminal to ask on.");
    }
  }

  private RestoreResult restore(Archive opened, RestorePlan plan) {
    RestoreSettings settings =
        RestoreSettings.into(directory)
            .withBase(new BaseSettings(parallelism, delta, tablespaces, 0))
            .withAction(action.action);
    Optional<String> wantedSlot = slotName();
    if (wantedSlot.isPresent()) {
      settings = settings.withSlot(wantedSlot.get());
    }
    try (ProgressBar bar = progress()) {
      return Restore.of(
              opened, settings, new LocalReplayServer(binaries), this::look, new RestoreBar(bar))
          .run(plan);
    }
  }

  private Optional<String> slotName() {
    if (purpose == PurposeOption.clone) {
      return Optional.empty();
    }
    return Optional.ofNullable(slot)
        .or(() -> archive.configFile(terminal()).map(file -> file.config().wal().slotName()));
  }

  private Review.Decision look(PausedServer server) {
    String answer =
        Objects.requireNonNull(System.console())
            .readLine(
                "%nThe server waits at the target. Look at it: psql -h 127.0.0.1 -p %d -U %s postgres%nPromote it? [y/N] ",
                server.port(), server.role());
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y")
        ? Review.Decision.Promote
        : Review.Decision.Stop;
  }
}
