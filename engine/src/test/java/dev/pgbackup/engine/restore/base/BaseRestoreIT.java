package dev.pgbackup.engine.restore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A base backup is restored into a directory of this machine")
class BaseRestoreIT {

  private @TempDir Path temporary;
  private Path directory;
  private Archive archive;

  @BeforeEach
  void begin() {
    directory = temporary.resolve("data");
    archive =
        Archive.openOrCreate(
            DirectoryStore.open(temporary.resolve("bucket")),
            new SystemIdentifier(7312345678901234567L),
            16,
            new WalSegmentSize(1 << 20),
            1);
  }

  private BaseRestore restore(BackupOfFiles backup) {
    return new BaseRestore(
        archive,
        backup.publish(temporary),
        directory,
        BaseSettings.DEFAULT.withDelta(),
        progress -> {});
  }

  @Test
  void whereZerosAreHoles() throws Exception {
    restore(new BackupOfFiles(archive).file("zeros", new byte[5 << 20])).run();

    Process stat =
        new ProcessBuilder("stat", "-c", "%b", directory.resolve("zeros").toString()).start();
    String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

    assertThat(directory.resolve("zeros")).hasSize(5 << 20);
    assertThat(Integer.parseInt(blocks.strip()) * 512).isLessThan(1 << 20);
  }

  @Test
  @DisplayName("B11: one on which a server runs is refused")
  void butNotUnderARunningServer() throws Exception {
    restore(new BackupOfFiles(archive)).run();
    Process server = new ProcessBuilder("sleep", "600").directory(directory.toFile()).start();
    try {
      Files.writeString(directory.resolve("postmaster.pid"), server.pid() + "\n");

      assertThatThrownBy(() -> restore(new BackupOfFiles(archive)).check(true))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DirectoryInUse))
          .hasMessageContaining(Long.toString(server.pid()));
    } finally {
      server.destroyForcibly().waitFor();
    }

    BaseRestore again = restore(new BackupOfFiles(archive));
    again.check(false);
    again.run();
    assertThat(directory.resolve("postmaster.pid")).doesNotExist();
  }

  @Test
  void whereTheNumberOfADeadServerMayBelongToAnotherProcess() throws Exception {
    restore(new BackupOfFiles(archive)).run();
    Process other = new ProcessBuilder("sleep", "600").directory(temporary.toFile()).start();
    try {
      Files.writeString(directory.resolve("postmaster.pid"), other.pid() + "\n");

      restore(new BackupOfFiles(archive)).check(false);
    } finally {
      other.destroyForcibly().waitFor();
    }
  }
}
