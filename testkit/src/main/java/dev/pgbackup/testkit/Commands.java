package dev.pgbackup.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs short programs of the system. */
final class Commands {

  private Commands() {}

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /**
   * Runs a program to its end.
   *
   * @throws IllegalStateException with what it said, if it fails
   */
  static void run(String... command) {
    String problem = problemOf(command);
    if (!problem.isEmpty()) {
      throw new IllegalStateException(List.of(command) + " failed: " + problem);
    }
  }

  /** Runs a program to its end: what it said if it failed, else empty. */
  static String problemOf(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said;
      try (InputStream output = process.getInputStream()) {
        said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      }
      int code = process.waitFor();
      return code == 0 ? "" : "exit code " + code + ": " + said;
    } catch (IOException failure) {
      return String.valueOf(failure.getMessage());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", stop));
    }
  }

  /** Whether a process still does anything; one that ended and was not yet waited for does not. */
  static boolean isRunning(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      return !stat.substring(stat.lastIndexOf(')') + 1).strip().startsWith("Z");
    } catch (IOException gone) {
      return process.isAlive();
    }
  }

  /** Sends a signal by its name, such as {@code INT}; a process that is gone gets none. */
  static void signal(ProcessHandle process, String signal) {
    String problem = problemOf("/bin/sh", "-c", "kill -" + signal + " " + process.pid());
    if (!problem.isEmpty() && process.isAlive()) {
      throw new IllegalStateException("process " + process.pid() + ": " + problem);
    }
  }
}
