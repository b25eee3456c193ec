package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName(
    "A role with deploy/sql/grants.sql can take a backup, and one without is told what is missing")
class LeastPrivilegeIT {

  private static final String PASSWORD = "only for this test";

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void no_superuser_is_needed(PostgresBinaries version) throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(version).stockHba().setting("wal_keep_size", "1GB").create()) {
      server.execute(
          Files.readString(Path.of("../deploy/sql/grants.sql")),
          "ALTER ROLE pgbackup PASSWORD '" + PASSWORD + "'",
          "CREATE TABLE t AS SELECT generate_series(1, 100000) AS id");
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = take(fixture);

      assertThat(manifest.server().bootstrapRole()).isEqualTo("postgres");
      assertThat(manifest.server().settings())
          .containsEntry("max_connections", "100")
          .containsEntry("max_locks_per_transaction", "64")
          .containsKeys("max_worker_processes", "max_wal_senders", "max_prepared_transactions");
      server.execute("REVOKE EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) FROM pgbackup");
      assertThatThrownBy(() -> take(fixture))
          .isInstanceOfSatisfying(
              EngineException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.MissingGrant))
          .hasMessageContaining("GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir");
      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
        assertThat(restored.query("SELECT count(*) FROM t")).isEqualTo("100000");
      }
    }
  }

  private static BackupManifest take(BackupFixture fixture) {
    return BaseBackup.take(
        fixture.archive(),
        fixture.sessions("pgbackup", PASSWORD),
        BackupFixture.settings(),
        BackupFixture.WAL_IS_THERE,
        BackupProgress.NONE);
  }
}
