package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.task.EndInOrder;
import dev.pgbackup.agent.task.WalOfStoppedServer;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.control.ControlFile;
import java.nio.file.Path;
import java.util.Optional;
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
      "Archive what a stopped server's data directory has beyond the archive: the WAL that it wrote last.",
      "It reads only in that directory. The sidecar must not be archiving at the same time."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup archive-wal --data-dir /srv/master-before-restore"})
final class ArchiveWalCommand extends OutputCommand {

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      required = true,
      description = "the data directory")
  private Path dataDirectory;

  @Option(
      names = "--take-over-epoch",
      paramLabel = "NUMBER",
      description = "epoch of another writer that may be replaced; default: as configured")
  private @Nullable Long takeOverEpoch;

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Override
  ExitCode execute() throws Exception {
    Optional<AgentConfig> config = archive.configFile(terminal()).map(ConfigFile::config);
    ControlFile control = ControlFile.of(dataDirectory);
    Archive opened = archive.open(terminal(), control.system());
    Long epoch =
        Optional.ofNullable(takeOverEpoch)
            .or(() -> config.map(AgentConfig::takeOverEpoch))
            .orElse(null);
    FlushResult result =
        EndInOrder.run(
            () ->
                WalOfStoppedServer.archive(
                    opened, dataDirectory, config.map(c -> c.wal().slotName()), epoch));
    print(result, ArchiveWalCommand::page);
    return ExitCode.SUCCESS;
  }

  private static String page(FlushResult result) {
    return "Everything of timeline "
        + result.timeline()
        + " up to "
        + result.durableLsn()
        + " is in the archive.\n";
  }
}
