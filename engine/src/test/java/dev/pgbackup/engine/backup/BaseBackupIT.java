package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.BackupManifest;
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

@DisplayName("A base backup of a running server is that server")
class BaseBackupIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void a_server_starts_from_it_with_all_rows(PostgresBinaries version) throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(version)
            .dataChecksums(true)
            .setting("wal_keep_size", "1GB")
            .create()) {
      server.execute(
          "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 50000) g",
          "CREATE TABLE empty (id int)",
          "ALTER TABLE t ADD PRIMARY KEY (id)");
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take();

      server.execute("INSERT INTO t VALUES (50001, 'after the backup')");
      String rows = server.query("SELECT sum(hashtext(t::text)) FROM t");
      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
        assertThat(restored.query("SELECT sum(hashtext(t::text)) FROM t")).isEqualTo(rows);
        assertThat(restored.query("SELECT count(*) FROM empty")).isEqualTo("0");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void files_that_nothing_writes_to_are_the_same_byte_for_byte(PostgresBinaries version)
      throws Exception {
    try (PostgresServer server = PostgresServer.builder(version).create()) {
      server.execute(
          "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 200000) g",
          "VACUUM FREEZE t",
          "CHECKPOINT");
      String path = server.query("SELECT pg_relation_filepath('t')");
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take();

      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      for (String file :
          List.of(
              path,
              path + "_fsm",
              path + "_vm",
              "PG_VERSION",
              "postgresql.conf",
              "base/1/PG_VERSION")) {
        assertThat(Files.mismatch(data.resolve(file), server.dataDirectory().resolve(file)))
            .as(file)
            .isEqualTo(-1);
      }
      assertThat(fixture.files(manifest).keySet()).contains("global/pg_control", "pg_wal");
    }
  }
}
