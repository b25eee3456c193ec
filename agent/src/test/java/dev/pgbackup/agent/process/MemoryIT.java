package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("B9: with a database larger than its memory, a process stays below 256 MiB in all")
class MemoryIT {

  private static final long LIMIT = 256L << 20;
  private static final int ROWS = 45_000;

  /** The most that a process has ever had in memory at once, libraries and stacks included. */
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private Master master;

  /** Each row fills a page. */
  @BeforeEach
  void begin(@TempDir Path folder) {
    master = new Master(folder);
    master.program().asShipped();
    master.execute(
        "CREATE TABLE large (n int, filler text)",
        "ALTER TABLE large ALTER filler SET STORAGE PLAIN",
        "INSERT INTO large SELECT n, repeat(md5(n::text), 250) FROM generate_series(1, "
            + ROWS
            + ") n");
  }

  @AfterEach
  void end() {
    master.close();
  }

  @Test
  @DisplayName("while it is backed up, and while it is restored")
  void backupAndRestore() throws Exception {
    master.startSidecar();
    master.awaitReady();
    assertThat(master.backups())
        .singleElement()
        .satisfies(backup -> assertThat(backup.totalBytes()).isGreaterThan(LIMIT * 4 / 3));
    assertThat(peak(master.sidecar())).isPositive().isLessThan(LIMIT);

    Path directory = master.folder().resolve("restored");
    Path log = master.folder().resolve("restore-err");
    Process restore =
        master
            .program()
            .start(
                master.folder().resolve("restore-out"),
                log,
                "restore",
                "--target-latest",
                "--purpose",
                "clone",
                "--target-dir",
                directory.toString(),
                "--postgres-bin",
                master.server().binaries().binDirectory().toString());
    long[] peak = new long[1];
    Awaitility.await("the restore ends")
        .atMost(Master.PATIENCE.multipliedBy(2))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              peak[0] = Math.max(peak[0], peak(restore));
              return !restore.isAlive();
            });

    assertThat(restore.exitValue()).as(Program.read(log)).isZero();
    assertThat(peak[0]).isPositive().isLessThan(LIMIT);
    try (PostgresServer restored =
        PostgresServer.builder(master.server().binaries())
            .dataDirectory(directory)
            .password(master.server().password())
            .build()
            .start()) {
      assertThat(restored.query("SELECT count(*) FROM large WHERE filler LIKE md5(n::text) || '%'"))
          .isEqualTo(Integer.toString(ROWS));
    }
  }

  /** In bytes; 0 of a process that has ended. */
  private static long peak(Process process) {
    try {
      Matcher line =
          PEAK.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
      return line.find() ? Long.parseLong(line.group(1)) << 10 : 0;
    } catch (IOException ended) {
      return 0;
    }
  }
}
