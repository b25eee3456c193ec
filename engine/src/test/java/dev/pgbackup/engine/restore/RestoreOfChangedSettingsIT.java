package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("T8: settings that were raised between backup and target do not stop a replay")
class RestoreOfChangedSettingsIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void raised(PostgresBinaries version) throws Exception {
    try (ArchivedPrimary primary =
        ArchivedPrimary.create(
            PostgresServer.builder(version).setting("max_connections", "20"),
            DirectoryStore.open(folder.resolve("store")))) {
      primary.commit();
      primary.backup();
      primary.server.execute(
          "ALTER SYSTEM SET max_connections = 150",
          "ALTER SYSTEM SET max_prepared_transactions = 30",
          "ALTER SYSTEM SET max_worker_processes = 17",
          "ALTER SYSTEM SET max_wal_senders = 23",
          "ALTER SYSTEM SET max_locks_per_transaction = 99");
      primary.server.restart();
      primary.commit();
      primary.server.execute(
          "BEGIN; INSERT INTO numbers VALUES (1000); PREPARE TRANSACTION 'kept'");
      primary.commit();
      primary.flush();
      Path directory = folder.resolve("restored");

      primary.restored(
          RecoveryTarget.latest(),
          directory,
          restored -> {
            assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1, 2, 3);
            restored.execute("COMMIT PREPARED 'kept'");
            assertThat(ArchivedPrimary.numbers(restored)).containsExactly(1, 2, 3, 1000);
          });
    }
  }
}
