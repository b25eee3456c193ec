package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("B7: a second backup while one runs is refused by name")
class ConcurrentBackupIT {

  @TempDir private Path folder;

  @Test
  void the_second_is_told_of_the_first_which_goes_on() {
    try (PostgresServer server = PostgresServer.builder(PostgresBinaries.of(18)).create()) {
      BackupFixture fixture = new BackupFixture(server, folder);
      List<BackupStatus> seen = new ArrayList<>();
      BackupProgress tryAnother =
          status -> {
            seen.add(status);
            if (status.phase() == BackupPhase.WaitingForWal) {
              assertThatThrownBy(fixture::take)
                  .isInstanceOfSatisfying(
                      EngineException.class,
                      failure -> assertThat(failure.reason()).isEqualTo(Reason.BackupInProgress))
                  .hasMessageContaining(status.backupId().value())
                  .hasMessageContaining("test-host")
                  .hasMessageContaining(status.startedAt().toString());
            }
          };

      BackupManifest first = fixture.take(BackupFixture.settings(), tryAnother);

      assertThat(fixture.archive().catalog().newestFirst()).containsExactly(first);
      assertThat(seen.stream().map(BackupStatus::phase).distinct())
          .containsExactly(BackupPhase.values());
      assertThat(seen.get(seen.size() - 1))
          .satisfies(
              status -> {
                assertThat(status.bytesDone()).isEqualTo(first.totals().bytes());
                assertThat(status.filesDone()).isEqualTo(first.totals().files());
                assertThat(status.newBytes()).isEqualTo(first.totals().newBytes());
                assertThat(status.storedBytes()).isEqualTo(first.totals().storedBytes());
              });
      assertThat(fixture.take()).isNotEqualTo(first);
    }
  }
}
