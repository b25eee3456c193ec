package dev.pgbackup.agent.process;

import dev.pgbackup.testkit.AgentJvm;
import dev.pgbackup.testkit.Guard;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the packaged program. */
final class Program {

  private static final Path LAUNCHER = Path.of("target", "pgbackup").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** How a run ended. */
  record Ended(int exitCode, String out, String err) {}

  private final Path folder;
  private final Map<String, String> environment;
  private final AgentJvm quick = new AgentJvm(LAUNCHER);
  private boolean shipped;
  private int runs;

  /**
   * @param folder for what it prints
   * @param environment variables beside those of this process
   */
  Program(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** From now on with the JVM's options as they are shipped, so that its memory can be measured. */
  void asShipped() {
    shipped = true;
  }

  /** Runs a command to its end. */
  Ended run(String... arguments) {
    Path out = folder.resolve("out-" + ++runs);
    Path err = folder.resolve("err-" + runs);
    Process process =
        start(command(out, err, arguments), shipped ? ProcessBuilder::start : quick::run);
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("it does not end: " + List.of(arguments) + "\n" + read(err));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new AssertionError(e);
    }
    return new Ended(process.exitValue(), read(out), read(err));
  }

  /** Starts a command that goes on. */
  Process start(Path out, Path err, String... arguments) {
    return start(command(out, err, arguments));
  }

  private static ProcessBuilder command(Path out, Path err, String... arguments) {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile());
  }

  /**
   * Starts a command on a terminal of its own.
   *
   * @param screen file for what is shown on it; what is typed goes into the process's input
   */
  Process startOnTerminal(Path screen, String... arguments) {
    String line =
        Stream.concat(Stream.of(LAUNCHER.toString()), Stream.of(arguments))
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    return start(
        new ProcessBuilder("script", "-qefc", line, "/dev/null")
            .redirectErrorStream(true)
            .redirectOutput(screen.toFile()));
  }

  private Process start(ProcessBuilder builder) {
    return start(builder, shipped ? ProcessBuilder::start : quick::start);
  }

  private Process start(ProcessBuilder builder, Starting starting) {
    builder.environment().keySet().removeIf(name -> name.startsWith("PGBACKUP_"));
    builder.environment().putAll(environment);
    try {
      Process process = starting.start(builder);
      Guard.watch(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With which JVM a command starts. */
  private interface Starting {
    Process start(ProcessBuilder builder) throws IOException;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
