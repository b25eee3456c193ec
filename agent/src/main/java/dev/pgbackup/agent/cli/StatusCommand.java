package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.client.SidecarClient;
import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.output.Style;
import dev.pgbackup.agent.output.Words;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.AgentStatus.LastBackup;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgbackup status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Ask the sidecar of this host how it is. Ends with exit code 8 if it runs but all is not well, with 7 if it does"
          + " not answer."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup status", "  pgbackup status -o json"})
final class StatusCommand extends OutputCommand {

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "the configuration file (env PGBACKUP_CONFIG)")
  private @Nullable Path config;

  @Override
  ExitCode execute() {
    SidecarClient sidecar =
        SidecarClient.of(
                ConfigFile.read(ArchiveOptions.requiredFile(config, terminal())).config().http())
            .orElseThrow(
                () ->
                    new EngineException(
                        Reason.ConfigurationInvalid,
                        "The sidecar is configured not to listen (http.listen is empty), so it cannot be asked."));
    AgentStatus status =
        sidecar
            .status()
            .orElseThrow(
                () ->
                    new EngineException(
                        Reason.HostFailure,
                        "No sidecar answers at "
                            + sidecar.address()
                            + ". Start it with `pgbackup sidecar`; what is in the archive shows `pgbackup list`."));
    print(status, document -> page(document, style()));
    return status.ready() && status.problems().isEmpty() ? ExitCode.SUCCESS : ExitCode.FINDINGS;
  }

  static String page(AgentStatus status, Style style) {
    StringBuilder page = new StringBuilder();
    ArchivingStatus archiving = status.archiving();
    line(page, style, "Archive", status.archiveId());
    line(page, style, "Store", status.storage() == null ? null : status.storage().location());
    if (status.database() != null) {
      line(
          page,
          style,
          "Server",
          "PostgreSQL "
              + status.database().serverVersion()
              + ", timeline "
              + status.database().timeline());
    }
    line(page, style, "Archiving", state(archiving.state(), style));
    if (archiving.slotName() != null) {
      line(
          page,
          style,
          "Slot",
          archiving.slotName()
              + (archiving.slotStatus() == null ? "" : ", " + archiving.slotStatus())
              + (archiving.retainedBytes() == null
                  ? ""
                  : ", holds back " + Words.bytes(archiving.retainedBytes())));
    }
    if (archiving.durableLsn() != null) {
      line(
          page,
          style,
          "Durable",
          "up to "
              + archiving.durableLsn()
              + (archiving.lagBytes() == null
                  ? ""
                  : ", behind by " + Words.bytes(archiving.lagBytes())));
    }
    if (status.firstRecoverabilityPoint() != null) {
      line(
          page,
          style,
          "Restorable",
          "from "
              + Words.time(status.firstRecoverabilityPoint())
              + " to "
              + (status.latestRestorableTime() == null
                  ? "now"
                  : Words.time(status.latestRestorableTime())
                      + " (transaction "
                      + status.latestRestorableXid()
                      + ")"));
    }
    backups(page, style, status);
    for (Failure problem : status.problems()) {
      line(page, style, "Problem", style.bad(problem.reason() + ": " + problem.message()));
    }
    return page.toString();
  }

  private static void backups(StringBuilder page, Style style, AgentStatus status) {
    LastBackup last = status.lastBackup();
    line(
        page,
        style,
        "Last backup",
        last == null
            ? style.doubtful("none yet")
            : last.backupId()
                + ", "
                + last.origin()
                + ", "
                + Words.bytes(last.bytes())
                + " in "
                + Words.duration(Duration.ofSeconds(last.durationSeconds())));
    BackupProgressStatus current = status.currentBackup();
    if (current != null) {
      line(
          page,
          style,
          "Running",
          current.phase()
              + (current.bytesDone() == null || current.bytesTotal() == null
                  ? ""
                  : ", "
                      + Words.bytes(current.bytesDone())
                      + " of "
                      + Words.bytes(current.bytesTotal())));
    }
    if (status.nextBackupTime() != null) {
      line(page, style, "Next backup", Words.time(status.nextBackupTime()));
    }
  }

  private static String state(State state, Style style) {
    return switch (state) {
      case Streaming -> style.good(state.name());
      case Connecting, Lagging, Stopped, Unknown -> style.doubtful(state.name());
      case StoreDown, AtRisk, SlotLost, Divergent, SecondWriter, Refused -> style.bad(state.name());
    };
  }

  private static void line(StringBuilder page, Style style, String title, @Nullable String text) {
    if (text != null) {
      page.append(style.bold(String.format("%-13s", title))).append(text).append('\n');
    }
  }
}
