package dev.pgbackup.scenario.local;

import dev.pgbackup.testkit.Guard;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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
  }

  Path launcher() {
    return launcher;
  }

  /** Runs a command to its end. */
  Ended run(List<String> arguments) {
    Path output = logs.resolve(++runs + "-" + arguments.get(0) + ".out");
    Path messages = logs.resolve(runs + "-" + arguments.get(0) + ".err");
    try {
      Process process = start(arguments, output, messages);
      int exitCode = process.waitFor();
      return new Ended(exitCode, Files.readString(output), Files.readString(messages));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during pgbackup " + arguments.get(0), stop);
    }
  }

  /** Starts a command that goes on, with all that it says in one file. */
  Process start(List<String> arguments, Path log) {
    return start(arguments, log, log);
  }

  private Process start(List<String> arguments, Path output, Path messages) {
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    if (output.equals(messages)) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(ProcessBuilder.Redirect.appendTo(messages.toFile()));
    }
    try {
      Process process = builder.start();
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
