package dev.pgbackup.bench.whole;

import dev.pgbackup.testkit.Guard;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts programs, each with what it says in a file of its own.
 *
 * @param logs folder of those files
 */
record Programs(Path logs) {

  private static final Pattern VERSION = Pattern.compile("\\) (\\d+)");

  /**
   * A client that PostgreSQL brings along.
   *
   * @param major version, as it says itself
   */
  record Client(Path file, int major) {

    String command() {
      return file.toString();
    }
  }

  /** The client of that name with the highest version on this machine, if there is one. */
  Optional<Client> client(String name) {
    Stream<Path> onPath =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, name));
    return Stream.concat(installed(name).stream(), onPath)
        .filter(Files::isExecutable)
        .flatMap(file -> major(file).map(major -> new Client(file, major)).stream())
        .max((a, b) -> Integer.compare(a.major(), b.major()));
  }

  private static List<Path> installed(String name) {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions.map(version -> version.resolve("bin").resolve(name)).toList();
    } catch (IOException none) {
      return List.of();
    }
  }

  private Optional<Integer> major(Path program) {
    Path said = logs.resolve(program.getFileName() + "-version");
    try {
      Process process =
          builder(List.of(program.toString(), "--version"), Map.of())
              .redirectOutput(said.toFile())
              .start();
      process.waitFor();
      Matcher version = VERSION.matcher(Files.readString(said));
      return version.find() ? Optional.of(Integer.parseInt(version.group(1))) : Optional.empty();
    } catch (IOException unusable) {
      return Optional.empty();
    } catch (InterruptedException stop) {
      throw interrupted(stop);
    }
  }

  /** Starts a program that goes on. */
  Process start(String name, List<String> command, Map<String, String> environment) {
    try {
      Process process =
          builder(command, environment)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
              .redirectErrorStream(true)
              .start();
      Guard.watch(process);
      return process;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @return the most memory that it had
   * @throws IllegalStateException with the end of what it said, if it fails
   */
  long run(String name, List<String> command, Map<String, String> environment) {
    Process process = start(name, command, environment);
    Peak peak = new Peak(process);
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            command + " ended with exit code " + code + ":\n" + said(name));
      }
      return peak.bytes();
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      throw interrupted(stop);
    }
  }

  /** All that programs started under that name have said. */
  String said(String name) {
    try {
      return Files.readString(log(name));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Path log(String name) {
    return logs.resolve(name + ".log");
  }

  private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    return builder;
  }

  static IllegalStateException interrupted(InterruptedException stop) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", stop);
  }
}
