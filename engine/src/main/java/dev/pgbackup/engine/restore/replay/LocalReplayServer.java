package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.ServerVersion;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL on this machine. It does not outlive this process: the loop that runs it notices when
 * its standard input ends.
 */
public final class LocalReplayServer implements ReplayServer {

  /** What a server may know of this process's environment. */
  private static final Set<String> ENVIRONMENT =
      Set.of("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "TZ", "LANG", "LC_ALL");

  private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) ([0-9]+)");
  private static final int NO_EXIT_CODE = 255;
  private static final long END_SECONDS = 60;

  private final Path postgres;
  private @Nullable Process loop;
  private @Nullable FolderServer orders;

  /**
   * @param binDirectory the folder that holds {@code postgres}
   * @throws EngineException with {@code ProgramMissing}
   */
  public LocalReplayServer(Path binDirectory) {
    this.postgres = binDirectory.resolve("postgres").toAbsolutePath();
    if (!Files.isExecutable(postgres)) {
      throw new EngineException(
          Reason.ProgramMissing,
          "There is no program "
              + postgres
              + ". Give the folder that holds PostgreSQL's `postgres`, of the same major version as the backup's,"
              + " by --postgres-bin.");
    }
  }

  @Override
  public void requireFit(ServerVersion backup) {
    String said = version();
    Matcher matcher = VERSION.matcher(said);
    if (!matcher.find() || Integer.parseInt(matcher.group(1)) != backup.major()) {
      throw new EngineException(
          Reason.ProgramMissing,
          postgres
              + " says it is \""
              + said
              + "\", but the backup is of PostgreSQL "
              + backup
              + ". Give the folder of that major version's programs by --postgres-bin.");
    }
  }

  private String version() {
    try {
      Process asked =
          new ProcessBuilder(postgres.toString(), "--version").redirectErrorStream(true).start();
      asked.getOutputStream().close();
      String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      asked.waitFor();
      return said.strip();
    } catch (IOException e) {
      throw new EngineException(
          Reason.ProgramMissing, postgres + " cannot be run: " + e.getMessage() + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "The restore was interrupted.", e);
    }
  }

  @Override
  public void open(SharedFolder folder) {
    ProcessBuilder builder =
        new ProcessBuilder("sh", folder.path("bin/server.sh").toString(), "attached");
    builder.environment().keySet().retainAll(ENVIRONMENT);
    builder.redirectErrorStream(true);
    builder.redirectOutput(Redirect.appendTo(folder.path(ServerFiles.LOG).toFile()));
    try {
      loop = builder.start();
    } catch (IOException e) {
      throw new EngineException(
          Reason.ProgramMissing,
          "The shell `sh` cannot be run: " + e.getMessage() + ". It must be on the PATH.",
          e);
    }
    orders = new FolderServer(folder, postgres.toString());
  }

  @Override
  public void start(List<String> arguments, String input) {
    orders().start(arguments, input);
  }

  @Override
  public OptionalInt exited() {
    OptionalInt code = orders().exited();
    return code.isEmpty() && !running().isAlive() ? OptionalInt.of(NO_EXIT_CODE) : code;
  }

  @Override
  public void stop(Stop how) {
    orders().stop(how);
  }

  @Override
  public void close() {
    Process process = loop;
    if (process == null) {
      return;
    }
    loop = null;
    orders().stop(Stop.IMMEDIATE);
    orders().leave();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private FolderServer orders() {
    if (orders == null) {
      throw new IllegalStateException("not opened");
    }
    return orders;
  }

  private Process running() {
    if (loop == null) {
      throw new IllegalStateException("not opened");
    }
    return loop;
  }
}
