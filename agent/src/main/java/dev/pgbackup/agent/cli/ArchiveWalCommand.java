package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.ArchivedWalReports;
import dev.pgbackup.agent.task.EndInOrder;
import dev.pgbackup.agent.task.StoppedServer;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.report.ArchivedWalReport;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgbackup archive-wal}. */
@Command(
    name = "archive-wal",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Archive what a stopped server has written since it was last streamed, its shutdown included.",
      "Nothing in its directory is changed. What is in the archive already stays as it is. An agent may archive another"
          + " timeline meanwhile, as after a swap."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup archive-wal --data-dir /srv/master-before-restore"})
final class ArchiveWalCommand extends OutputCommand {

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      required = true,
      description = "the data directory of the stopped server; it may be read-only")
  private Path directory;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "3m",
      description =
          "for how long an agent that archives the same timeline may take to leave it (default: ${DEFAULT-VALUE})")
  private String wait;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "gets the result as well, however it ends: at most 4 KiB of JSON")
  private @Nullable Path report;

  @Override
  ExitCode execute() throws Exception {
    if (report == null) {
      print(archived(), document -> document.message() + "\n");
      return ExitCode.SUCCESS;
    }
    ArchivedWalReport result = reported();
    Files.writeString(report, ContractJson.write(result));
    print(result, document -> document.message() + "\n");
    return exitCode(result);
  }

  private ArchivedWalReport reported() {
    try {
      return archived();
    } catch (Exception e) {
      return ArchivedWalReports.failed(e, Instant.now());
    }
  }

  private static ExitCode exitCode(ArchivedWalReport result) {
    return Arrays.stream(ExitCode.values())
        .filter(code -> code.code() == result.exitCode())
        .findFirst()
        .orElseThrow();
  }

  private ArchivedWalReport archived() throws Exception {
    Duration patience = patience();
    ControlFile control = ControlFile.of(directory);
    Archive opened = archive.open(terminal(), control.system());
    WalTip tip =
        EndInOrder.run(() -> new StoppedServer(opened, slot(opened), patience).archive(directory));
    return ArchivedWalReports.succeeded(control, tip, Instant.now());
  }

  private Duration patience() {
    try {
      return Span.parse(wait).duration();
    } catch (IllegalArgumentException e) {
      throw new EngineException(Reason.InvalidArgument, "--wait: " + e.getMessage() + ".", e);
    }
  }

  private String slot(Archive opened) {
    return Ownership.read(opened)
        .map(Owner::slot)
        .or(() -> archive.configFile(terminal()).map(file -> file.config().wal().slotName()))
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ArchiveNotFound,
                    "Nobody has ever streamed to archive "
                        + opened.id()
                        + ". Begin with `pgbackup sidecar` or `pgbackup backup`."));
  }
}
