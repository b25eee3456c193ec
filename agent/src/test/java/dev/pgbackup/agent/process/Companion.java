package dev.pgbackup.agent.process;

import dev.pgbackup.testkit.Guard;
import dev.pgbackup.testkit.PostgresBinaries;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The container with PostgreSQL beside a restore job, as a process: a loop that waits for runs. */
final class Companion implements AutoCloseable {

  private static final String LOOP =
      """
      echo here > companion
      while :; do
        if [ -f serve ]; then
          read -r folder < serve
          rm -f serve
          sh "$folder/bin/server.sh"
        fi
        sleep 0.1
      done
      """;

  private final Path meeting;
  private final Process loop;

  /**
   * @param meeting a folder, which is made
   */
  Companion(Path meeting, PostgresBinaries binaries) {
    this.meeting = meeting;
    try {
      Files.createDirectories(meeting);
      ProcessBuilder builder =
          new ProcessBuilder("sh", "-c", LOOP)
              .directory(meeting.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(meeting.resolve("out").toFile())
              .redirectErrorStream(true);
      builder
          .environment()
          .merge("PATH", binaries.binDirectory().toString(), (path, bin) -> bin + ":" + path);
      loop = builder.start();
      Guard.watch(loop);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path meeting() {
    return meeting;
  }

  @Override
  public void close() {
    try {
      loop.descendants().forEach(ProcessHandle::destroy);
      loop.destroy();
      if (!loop.waitFor(10, TimeUnit.SECONDS)) {
        loop.descendants().forEach(ProcessHandle::destroyForcibly);
        loop.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
