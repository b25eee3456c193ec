package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("T8: settings that were raised between backup and target do not stop a replay")
class RestoreOfChangedSettingsIT {

  private static final Map<String, String> RAISED =
      Map.of(
          "max_connections", "150",
          "max_prepared_transactions", "30",
          "max_worker_processes", "17",
          "max_wal_senders", "23",
          "max_locks_per_transaction", "99");

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  /**
   * The configuration in a backup is that of its time, so that the plan has to name the new one.
   */
  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("and the plan says what the restored server needs")
  void raised(PostgresBinaries version) throws Exception {
    try (ArchivedPrimary primary =
        ArchivedPrimary.create(
            PostgresServer.builder(version).setting("max_connections", "20"),
            DirectoryStore.open(folder.resolve("store")))) {
      primary.commit();
      primary.backup();
      for (Map.Entry<String, String> setting : RAISED.entrySet()) {
        primary.server.execute("ALTER SYSTEM SET " + setting.getKey() + " = " + setting.getValue());
      }
      primary.server.restart();
      primary.commit();
      primary.server.execute(
          "BEGIN; INSERT INTO numbers VALUES (1000); PREPARE TRANSACTION 'kept'");
      primary.commit();
      primary.flush();
      Path directory = folder.resolve("restored");

      RestorePlan plan = primary.plan(RecoveryTarget.latest());
      primary.restore(RestoreSettings.into(directory), RestoreListener.NONE).run(plan);

      assertThat(plan.settings()).containsAllEntriesOf(RAISED);
      assertThat(plan.warnings())
          .singleElement()
          .asString()
          .contains("max_prepared_transactions = 30")
          .contains("max_connections = 150");
      PostgresServer.Builder restored =
          PostgresServer.builder(version)
              .dataDirectory(directory)
              .password(primary.server.password());
      plan.settings().forEach(restored::option);
      try (PostgresServer server = restored.build().start()) {
        assertThat(ArchivedPrimary.numbers(server)).containsExactly(1, 2, 3);
        server.execute("COMMIT PREPARED 'kept'");
        assertThat(ArchivedPrimary.numbers(server)).containsExactly(1, 2, 3, 1000);
      }
    }
  }
}
