package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What changes while it is copied is as it was at the end")
class ChangingServerIT {

  private static final String ROWS =
      "SELECT coalesce(sum(hashtext(t::text)::bigint), 0) || '/' || count(*) FROM ";

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("B2: tables created, dropped, recreated, moved, truncated and extended meanwhile")
  void relations(PostgresBinaries version) throws Exception {
    Path location = Files.createDirectory(folder.resolve("moved"));
    try (PostgresServer server = server(version)) {
      server.execute("CREATE TABLESPACE moved LOCATION '" + location + "'");
      for (String table : List.of("dropped", "recreated", "moved", "emptied", "shrunk", "grown")) {
        server.execute(
            "CREATE TABLE "
                + table
                + " AS SELECT g AS id, repeat(md5(g::text), 30) AS text FROM generate_series(1, 4000) g",
            "CREATE INDEX ON " + table + " (id)");
      }
      Once changes =
          new Once(
              () -> {
                server.execute(
                    "CREATE TABLE created AS SELECT * FROM grown",
                    "DROP TABLE dropped",
                    "DROP TABLE recreated",
                    "CREATE TABLE recreated AS SELECT -id AS id, text FROM grown LIMIT 100",
                    "ALTER TABLE moved SET TABLESPACE moved",
                    "TRUNCATE emptied",
                    "INSERT INTO emptied VALUES (1, 'new')",
                    "DELETE FROM shrunk WHERE id > 10",
                    "VACUUM shrunk",
                    "INSERT INTO grown SELECT id + 4000, text FROM grown",
                    "VACUUM FULL grown",
                    "CHECKPOINT");
              });
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take(Once.slowly(), changes);

      assertThat(changes.isDone()).isTrue();
      List<String> tables = List.of("created", "recreated", "moved", "emptied", "shrunk", "grown");
      List<String> expected = new ArrayList<>();
      for (String table : tables) {
        expected.add(server.query(ROWS + table + " t"));
      }
      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
        List<String> found = new ArrayList<>();
        for (String table : tables) {
          found.add(restored.query(ROWS + table + " t"));
        }
        assertThat(found).isEqualTo(expected);
        assertThat(restored.query("SELECT to_regclass('dropped') IS NULL")).isEqualTo("t");
        assertSound(restored, "postgres");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("B3: databases created, with every strategy, and dropped meanwhile")
  void databases(PostgresBinaries version) throws Exception {
    try (PostgresServer server = server(version)) {
      server.execute("CREATE DATABASE original", "CREATE DATABASE gone");
      fill(server, "original");
      fill(server, "gone");
      List<String> created = new ArrayList<>(List.of("plain"));
      List<String> statements = new ArrayList<>(List.of("CREATE DATABASE plain TEMPLATE original"));
      if (version.major() >= 15) {
        created.addAll(List.of("copied", "logged"));
        statements.add("CREATE DATABASE copied TEMPLATE original STRATEGY file_copy");
        statements.add("CREATE DATABASE logged TEMPLATE original STRATEGY wal_log");
      }
      statements.add("DROP DATABASE gone");
      Once changes = new Once(() -> server.execute(statements.toArray(String[]::new)));
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take(Once.slowly(), changes);

      assertThat(changes.isDone()).isTrue();
      created.add("original");
      String rows = query(server, "original", ROWS + "filled t");
      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
        for (String database : created) {
          assertThat(query(restored, database, ROWS + "filled t")).as(database).isEqualTo(rows);
          assertSound(restored, database);
        }
        assertThat(restored.query("SELECT count(*) FROM pg_database WHERE datname = 'gone'"))
            .isEqualTo("0");
      }
    }
  }

  private static PostgresServer server(PostgresBinaries version) {
    return PostgresServer.builder(version)
        .dataChecksums(true)
        .setting("wal_keep_size", "2GB")
        .setting("max_wal_size", "2GB")
        .create();
  }

  private static void fill(PostgresServer server, String database) throws Exception {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE filled AS SELECT g AS id, repeat(md5(g::text), 30) AS text"
              + " FROM generate_series(1, 3000) g");
      statement.execute("CREATE INDEX ON filled (id)");
    }
  }

  private static String query(PostgresServer server, String database, String sql) throws Exception {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Every index against its table, by PostgreSQL's own checker. */
  private static void assertSound(PostgresServer server, String database) throws Exception {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION amcheck");
      statement.execute(
          "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
              + " WHERE c.relkind = 'i' AND a.amname = 'btree' AND c.relpersistence = 'p'");
    }
  }
}
