package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.task.EndInOrder;
import dev.pgbackup.agent.task.StoppedServer;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.nio.file.Path;
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
      "Nothing in its directory is changed. What is in the archive already stays as it is."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup archive-wal --data-dir /srv/master-before-restore"})
final class ArchiveWalCommand extends OutputCommand {

  /** What was done. */
  record Archived(int version, int timeline, String endLsn) {}

  @Mixin private ArchiveOptions archive = new ArchiveOptions();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      required = true,
      description = "the data directory of the stopped server")
  private Path directory;

  @Override
  ExitCode execute() throws Exception {
    Archive opened = archive.open(terminal(), ControlFile.of(directory).system());
    WalTip tip = EndInOrder.run(() -> new StoppedServer(opened, slot(opened)).archive(directory));
    print(
        new Archived(ContractJson.VERSION, tip.timeline().number(), tip.end().toString()),
        ArchiveWalCommand::page);
    return ExitCode.SUCCESS;
  }

  private String slot(Archive opened) {
    return archive
        .configFile(terminal())
        .map(file -> file.config().wal().slotName())
        .or(() -> Ownership.read(opened).map(Owner::slot))
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ArchiveNotFound,
                    "Nobody has ever streamed to archive "
                        + opened.id()
                        + ". Begin with `pgbackup sidecar` or `pgbackup backup`."));
  }

  private static String page(Archived archived) {
    return "The WAL of the stopped server is archived up to its end at "
        + archived.endLsn()
        + ", timeline "
        + archived.timeline()
        + ".\n";
  }
}
