package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.output.Terminal;
import dev.pgbackup.agent.sidecar.Sidecar;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code pgbackup sidecar}. */
@Command(
    name = "sidecar",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Archive WAL all the time, take backups when they are due, keep the recovery window, and answer over HTTP.",
      "Ends in order on SIGTERM, within ten seconds. The configuration is read again when it changes."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  pgbackup sidecar --config /etc/pgbackup/pgbackup.yaml"})
final class SidecarCommand implements Callable<Integer> {

  @ParentCommand private Pgbackup parent;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "the configuration file (env PGBACKUP_CONFIG)")
  private @Nullable Path config;

  @Override
  public Integer call() {
    Terminal terminal = parent.terminal();
    Sidecar sidecar = new Sidecar(ArchiveOptions.requiredFile(config, terminal), terminal.err());
    // The exit code of a process that is asked to end, and ends in order, is 0.
    Thread end =
        new Thread(
            () -> {
              sidecar.close();
              Runtime.getRuntime().halt(ExitCode.SUCCESS.code());
            },
            "end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      sidecar.start();
      sidecar.awaitEnd();
      return ExitCode.SUCCESS.code();
    } catch (EngineException e) {
      Runtime.getRuntime().removeShutdownHook(end);
      throw e;
    } catch (InterruptedException e) {
      throw new EngineException(Reason.Interrupted, "Interrupted.", e);
    }
  }
}
