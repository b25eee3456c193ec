package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Tablespace;
import dev.pgbackup.engine.restore.base.BaseRestore;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Data directories as people lay them out")
class LayoutIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("B1: tablespaces by symlink and in place, restored to other places")
  void tablespaces(PostgresBinaries version) throws Exception {
    Path location = Files.createDirectory(folder.resolve("linked"));
    Files.createDirectories(location.resolve("PG_12_201909212/1"));
    Files.writeString(location.resolve("PG_12_201909212/1/1234"), "of another server");
    try (PostgresServer server =
        PostgresServer.builder(version)
            .setting("allow_in_place_tablespaces", "on")
            .setting("wal_keep_size", "1GB")
            .create()) {
      server.execute(
          "CREATE TABLESPACE linked LOCATION '" + location + "'",
          "CREATE TABLESPACE inplace LOCATION ''",
          "CREATE TABLE a TABLESPACE linked AS SELECT generate_series(1, 50000) AS id",
          "CREATE TABLE b TABLESPACE inplace AS SELECT generate_series(1, 60000) AS id");
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take();

      assertThat(manifest.tablespaces().stream().map(Tablespace::location))
          .containsExactlyInAnyOrder(location.toString(), null);
      assertThat(fixture.files(manifest).keySet())
          .noneMatch(path -> path.contains("PG_12_201909212"));
      server.stop(Mode.FAST);
      Path elsewhere = folder.resolve("elsewhere");
      Path data = folder.resolve("restored");
      new BaseRestore(
              fixture.archive(),
              manifest,
              data,
              new BaseSettings(2, false, Map.of(location.toString(), elsewhere), 0),
              progress -> {})
          .run();
      Files.delete(data.resolve("recovery.signal"));
      try (PostgresServer restored = fixture.withWal(data).start()) {
        assertThat(restored.query("SELECT count(*) FROM a")).isEqualTo("50000");
        assertThat(restored.query("SELECT count(*) FROM b")).isEqualTo("60000");
        assertThat(
                restored.query(
                    "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'linked'"))
            .isEqualTo(elsewhere.toString());
      }
    }
  }

  @Test
  @DisplayName(
      "B10: a mount point as data directory, pg_wal behind a link, configuration elsewhere")
  void mount_point_linked_wal_and_configuration_elsewhere() throws Exception {
    PostgresBinaries version = PostgresBinaries.of(16);
    Path data = folder.resolve("data");
    Path wal = folder.resolve("wal");
    Path configuration = Files.createDirectory(folder.resolve("etc"));
    try (PostgresServer first = PostgresServer.builder(version).dataDirectory(data).create()) {
      first.stop(Mode.FAST);
    }
    Files.move(data.resolve("pg_wal"), wal);
    Files.createSymbolicLink(data.resolve("pg_wal"), wal);
    Files.createDirectory(data.resolve("lost+found"));
    Files.writeString(data.resolve("lost+found/junk"), "junk");
    for (String file : List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf")) {
      Files.move(data.resolve(file), configuration.resolve(file));
    }
    try (PostgresServer server =
        PostgresServer.builder(version)
            .dataDirectory(data)
            .option("config_file", configuration.resolve("postgresql.conf").toString())
            .option("hba_file", configuration.resolve("pg_hba.conf").toString())
            .option("ident_file", configuration.resolve("pg_ident.conf").toString())
            .option("wal_keep_size", "1GB")
            .build()
            .start()) {
      server.execute("CREATE TABLE t AS SELECT generate_series(1, 70000) AS id");
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take();

      assertThat(fixture.files(manifest).keySet())
          .contains("pg_wal")
          .noneMatch(path -> path.startsWith("pg_wal/"))
          .noneMatch(path -> path.startsWith("lost+found"))
          .doesNotContain("postgresql.conf", "pg_hba.conf", "pg_ident.conf");
      server.stop(Mode.FAST);
      Path target = fixture.layDown(manifest);
      for (String file : List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf")) {
        Files.copy(configuration.resolve(file), target.resolve(file));
      }
      try (PostgresServer restored = fixture.recovering(manifest, target).start()) {
        assertThat(restored.query("SELECT count(*) FROM t")).isEqualTo("70000");
      }
    }
  }
}
