package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.document.CheckLists;
import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.job.RestoreJob;
import dev.pgbackup.agent.log.LogSettings;
import dev.pgbackup.agent.task.EndInOrder;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.restore.RestoreReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code pgbackup restore-job}: what an operator runs; people use {@code restore}. */
@Command(
    name = "restore-job",
    hidden = true,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Restore with a PostgreSQL that runs in a container beside this one.",
      "Serves its progress at http.listen of the configuration."
    })
final class RestoreJobCommand implements Callable<Integer> {

  @ParentCommand private Pgbackup parent;
  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Option(
      names = "--target-dir",
      required = true,
      paramLabel = "DIRECTORY",
      description = "the data directory to be; what is in it is replaced by what differs")
  private Path directory;

  @Option(
      names = "--lift",
      description = "in the end move its content up into the folder around it")
  private boolean lift;

  @Option(
      names = "--meeting",
      required = true,
      paramLabel = "FOLDER",
      description = "where the container with PostgreSQL waits")
  private Path meeting;

  @Option(
      names = "--purpose",
      paramLabel = "PURPOSE",
      defaultValue = "clone",
      description =
          "clone: a copy that never writes to the archive; master: takes the server's place, so it gets the slot, and"
              + " its timeline is archived (default: ${DEFAULT-VALUE})")
  private PurposeOption purpose;

  @Option(
      names = "--slot",
      paramLabel = "NAME",
      description =
          "the slot of a directory that takes the server's place (default: the configuration's wal.slotName)")
  private @Nullable String slot;

  @Option(
      names = "--checks",
      paramLabel = "FILE",
      description =
          "a CheckList: what has to be true at the target, else the server is not promoted")
  private @Nullable Path checks;

  @Option(
      names = "--approval",
      paramLabel = "FILE",
      description =
          "wait at the target, readable, until this file is there; only then the server is promoted")
  private @Nullable Path approval;

  @Option(
      names = "--parallelism",
      paramLabel = "NUMBER",
      defaultValue = "4",
      description = "pieces that are fetched at the same time (${DEFAULT-VALUE})")
  private int parallelism;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "gets the result, at most 4 KiB of JSON")
  private @Nullable Path report;

  @Override
  public Integer call() throws Exception {
    AgentConfig config =
        archive.configFile(parent.terminal()).map(ConfigFile::config).orElseThrow();
    LogSettings.use(config.log(), parent.terminal().err());
    RestoreJob.Order order =
        new RestoreJob.Order(
            PlanDocuments.request(target.request(purpose.purpose())),
            slot == null ? config.wal().slotName() : slot,
            checks == null ? List.of() : CheckLists.read(checks),
            approval,
            directory,
            lift,
            meeting,
            parallelism);
    RestoreReport result =
        EndInOrder.run(
            () ->
                new RestoreJob(Clock.systemUTC(), config.http())
                    .run(order, () -> archive.open(parent.terminal())));
    if (report != null) {
      Files.writeString(report, result.toTerminationMessage());
    }
    return result.exitCode();
  }
}
