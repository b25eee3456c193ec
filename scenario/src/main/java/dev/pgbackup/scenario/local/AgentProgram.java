package dev.pgbackup.scenario.local;

import dev.pgbackup.testkit.AgentJvm;
import dev.pgbackup.testkit.Guard;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The packaged agent, run as a person runs it: one process per command, in the folder in which the
 * configuration file lies.
 */
final class AgentProgram implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(15);

  /**
   * How a command ended.
   *
   * @param output what it wrote to its standard output
   * @param messages what it wrote to its standard error
   */
  record Ended(int exitCode, String output, String messages) {}

  private final Path launcher;
  private final Path folder;
  private final Path logs;
  private final AgentJvm jvm;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private int runs;

  AgentProgram(Path launcher, Path folder, Path logs) {
    if (!Files.isExecutable(launcher)) {
      throw new IllegalStateException(
          launcher + " is not there; mvn -DskipTests package builds it");
    }
    this.launcher = launcher;
    this.folder = folder;
    this.logs = logs;
    this.jvm = new AgentJvm(launcher);
  }

  Path launcher() {
    return launcher;
  }

  /** Runs a command to its end. */
  Ended run(List<String> arguments) {
    Path messages = logs.resolve(++runs + "-" + arguments.get(0) + ".err");
    Ended ended = run(arguments, Redirect.to(messages.toFile()));
    try {
      return new Ended(ended.exitCode(), ended.output(), Files.readString(messages));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Runs a command to its end; what it says on the way, it says on the terminal of this JVM. */
  Ended runWatched(List<String> arguments) {
    runs++;
    return run(arguments, Redirect.INHERIT);
  }

  private Ended run(List<String> arguments, Redirect messages) {
    Path output = logs.resolve(runs + "-" + arguments.get(0) + ".out");
    try {
      Process process =
          start(
              new ProcessBuilder(command(arguments))
                  .redirectOutput(output.toFile())
                  .redirectError(messages),
              jvm::run);
      return new Ended(process.waitFor(), Files.readString(output), "");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during pgbackup " + arguments.get(0), stop);
    }
  }

  /** Starts a command that goes on, with all that it says in one file. */
  Process start(List<String> arguments, Path log) {
    return start(
        new ProcessBuilder(command(arguments))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile())),
        jvm::start);
  }

  private List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.addAll(arguments);
    return command;
  }

  /** With which JVM an agent starts. */
  private interface Starting {
    Process start(ProcessBuilder builder) throws IOException;
  }

  private Process start(ProcessBuilder described, Starting starting) {
    ProcessBuilder builder =
        described.directory(folder.toFile()).redirectInput(Redirect.from(new File("/dev/null")));
    try {
      Process process = starting.start(builder);
      Guard.watch(process);
      running.add(process);
      process.onExit().thenAccept(running::remove);
      return process;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Ends every command that still runs, and what it has started: asked first, then killed. */
  @Override
  public void close() {
    List<Process> all = List.copyOf(running);
    List<ProcessHandle> started = all.stream().flatMap(Process::descendants).toList();
    all.forEach(Process::destroy);
    all.forEach(AgentProgram::awaitEnd);
    started.forEach(ProcessHandle::destroyForcibly);
  }

  private static void awaitEnd(Process process) {
    try {
      if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
