package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.restore.base.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A restore in a process of its own. */
final class RunningRestore implements AutoCloseable {

  private final Path directory;
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private RunningRestore(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
    Thread reader = new Thread(this::read, "restore-output");
    reader.setDaemon(true);
    reader.start();
  }

  static RunningRestore start(
      ArchivedPrimary primary, Path store, Lsn lastRecord, Path directory, long bytesPerSecond) {
    try {
      return new RunningRestore(
          directory,
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RestoreCommand.class.getName(),
                  store.toString(),
                  primary.archive.id().toString(),
                  lastRecord.toString(),
                  directory.toString(),
                  primary.server.binaries().binDirectory().toString(),
                  Long.toString(bytesPerSecond))
              .redirectErrorStream(true)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
  }

  List<String> lines() {
    return lines;
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Waits for a line; false if the restore ended before it came. */
  boolean await(Predicate<String> wanted) {
    Awaitility.await()
        .atMost(ArchivedPrimary.PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> lines.stream().anyMatch(wanted) || !process.isAlive());
    return lines.stream().anyMatch(wanted);
  }

  /** Kills the agent alone; the server notices, and ends. */
  void killAgent() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Kills everything at once. */
  void killAll() {
    List<ProcessHandle> all = process.descendants().toList();
    all.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    Awaitility.await()
        .atMost(ArchivedPrimary.PATIENCE)
        .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    awaitEnd();
  }

  private void awaitEnd() {
    Awaitility.await().atMost(ArchivedPrimary.PATIENCE).until(() -> !process.isAlive());
    Awaitility.await()
        .atMost(ArchivedPrimary.PATIENCE)
        .until(() -> RunningServer.of(directory).isEmpty());
  }

  @Override
  public void close() {
    killAll();
  }
}
