package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.client.SidecarClient;
import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.config.EngineSettings;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.wal.transport.ReplicationSlot;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgbackup detach}. */
@Command(
    name = "detach",
    aliases = "retire",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Drop the slot on the server, so that nothing holds back WAL there any more. The archive stays as it is.",
      "Stop the sidecar first; it would make the slot anew."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup detach --config pgbackup.yaml"})
final class DetachCommand extends OutputCommand {

  /** What was done. */
  record Detached(int version, String slotName, boolean dropped) {}

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "the configuration file (env PGBACKUP_CONFIG)")
  private @Nullable Path config;

  @Override
  ExitCode execute() {
    AgentConfig read = ConfigFile.read(ArchiveOptions.requiredFile(config, terminal())).config();
    SidecarClient.of(read.http())
        .filter(sidecar -> sidecar.status().isPresent())
        .ifPresent(
            sidecar -> {
              throw new EngineException(
                  Reason.SlotInUse,
                  "The sidecar at " + sidecar.address() + " still runs. Stop it first.");
            });
    print(drop(read), DetachCommand::page);
    return ExitCode.SUCCESS;
  }

  private static Detached drop(AgentConfig read) {
    try (ServerSession session =
        new ServerSessions(EngineSettings.connection(read)).open("detach")) {
      ReplicationSlot slot = new ReplicationSlot(session, read.wal().slotName());
      boolean there = slot.status().isPresent();
      slot.drop();
      return new Detached(1, slot.name(), there);
    }
  }

  private static String page(Detached detached) {
    return detached.dropped()
        ? "Slot " + detached.slotName() + " is dropped. The archive stays as it is.\n"
        : "There is no slot " + detached.slotName() + ". Nothing is to be done.\n";
  }
}
