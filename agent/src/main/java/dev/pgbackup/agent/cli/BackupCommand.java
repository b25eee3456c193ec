package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.archive.ArchiveChoice;
import dev.pgbackup.agent.client.SidecarClient;
import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.config.StoreConfigs;
import dev.pgbackup.agent.document.ArchiveDocuments;
import dev.pgbackup.agent.output.ProgressBar;
import dev.pgbackup.agent.output.Words;
import dev.pgbackup.agent.task.EndInOrder;
import dev.pgbackup.agent.task.StandaloneBackup;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.backup.BackupStatus;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.connect.ObjectStores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgbackup backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Take a base backup now. A sidecar that runs is asked to; else this command takes it, and archives WAL itself for"
          + " as long as that takes."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup backup --config pgbackup.yaml", "  pgbackup backup -o json"})
final class BackupCommand extends OutputCommand {

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "the configuration file (env PGBACKUP_CONFIG)")
  private @Nullable Path config;

  @Override
  ExitCode execute() throws Exception {
    AgentConfig read = ConfigFile.read(ArchiveOptions.requiredFile(config, terminal())).config();
    BackupDocument backup = EndInOrder.run(() -> take(read));
    print(backup, BackupCommand::page);
    return ExitCode.SUCCESS;
  }

  private BackupDocument take(AgentConfig read) throws InterruptedException {
    Optional<SidecarClient> sidecar =
        SidecarClient.of(read.http()).filter(client -> client.status().isPresent());
    Optional<BackupProgressStatus> accepted = sidecar.flatMap(SidecarClient::requestBackup);
    if (accepted.isPresent()) {
      return takenBy(sidecar.get(), accepted.get(), read);
    }
    try (ProgressBar bar = progress()) {
      StandaloneBackup.Taken taken = new StandaloneBackup(read).take(status -> show(bar, status));
      if (taken.streamed()) {
        terminal()
            .err()
            .println(
                "Slot "
                    + read.wal().slotName()
                    + " holds WAL back for the next run, or a sidecar. Where none will come, drop it: `pgbackup detach`.");
      }
      return ArchiveDocuments.backup(taken.manifest());
    }
  }

  private static void show(ProgressBar bar, BackupStatus status) {
    bar.show(
        status.backupId() + " " + words(status.phase().name()),
        status.bytesDone(),
        status.bytesTotal());
  }

  private BackupDocument takenBy(
      SidecarClient sidecar, BackupProgressStatus accepted, AgentConfig read)
      throws InterruptedException {
    BackupProgressStatus status = accepted;
    try (ProgressBar bar = progress()) {
      while (!status.phase().isLast()) {
        Thread.sleep(LOOK_EVERY.toMillis());
        status = sidecar.backupRequest(accepted.requestId());
        bar.show(
            (status.backupId() == null ? "" : status.backupId() + " ")
                + words(status.phase().name()),
            status.bytesDone() == null ? 0 : status.bytesDone(),
            status.bytesTotal() == null ? 0 : status.bytesTotal());
      }
    }
    Failure failure = status.failure();
    if (failure != null) {
      throw new EngineException(SidecarClient.reason(failure.reason()), failure.message());
    }
    String id = status.backupId();
    if (id == null) {
      throw new EngineException(
          Reason.InternalError, "The sidecar has completed a backup without an id.");
    }
    Archive archive =
        ArchiveChoice.only(
            ObjectStores.open(StoreConfigs.settings(read.storage())),
            Optional.empty(),
            Optional.of(read.lineage()));
    return ArchiveDocuments.backup(archive.catalog().get(new BackupId(id)));
  }

  /** {@code WaitingForWal} as people write it. */
  private static String words(String phase) {
    return phase.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT);
  }

  static String page(BackupDocument backup) {
    return "Backup "
        + backup.backupId()
        + " is complete: "
        + Words.count(backup.files(), "file", "files")
        + ", "
        + Words.bytes(backup.totalBytes())
        + ", of which "
        + Words.bytes(backup.newBytes())
        + " were new ("
        + Words.bytes(backup.storedBytes())
        + " stored), in "
        + Words.duration(Duration.between(backup.startedAt(), backup.completedAt()))
        + ".\nIt can be restored to any point from "
        + backup.endLsn()
        + " on, timeline "
        + backup.timeline()
        + ".\n";
  }
}
