package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("B4: unlogged and temporary relations")
class UnloggedRelationsIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void are_empty_afterwards_and_logged_ones_are_not(PostgresBinaries version) throws Exception {
    try (PostgresServer server =
            PostgresServer.builder(version).setting("wal_keep_size", "1GB").create();
        Connection session = server.connect();
        Statement statement = session.createStatement()) {
      statement.execute("CREATE UNLOGGED TABLE unlogged AS SELECT generate_series(1, 10000) AS id");
      statement.execute("ALTER TABLE unlogged ADD PRIMARY KEY (id)");
      statement.execute("CREATE UNLOGGED TABLE later AS SELECT generate_series(1, 10000) AS id");
      statement.execute("ALTER TABLE later ADD PRIMARY KEY (id)");
      statement.execute("CREATE TEMPORARY TABLE mine AS SELECT generate_series(1, 10000) AS id");
      statement.execute("CHECKPOINT");
      String unlogged = first(statement, "SELECT pg_relation_filepath('unlogged')");
      String temporary = first(statement, "SELECT pg_relation_filepath('mine')");
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest before = fixture.take();
      assertThat(fixture.files(before).keySet())
          .contains(unlogged + "_init")
          .doesNotContain(unlogged, unlogged + "_fsm", unlogged + "_vm", temporary);

      statement.execute("ALTER TABLE later SET LOGGED");
      BackupManifest after = fixture.take();
      statement.execute("INSERT INTO later VALUES (10001)");

      server.stop(Mode.FAST);
      Path data = fixture.layDown(after);
      try (PostgresServer restored = fixture.recovering(after, data).start()) {
        assertThat(restored.query("SELECT count(*) FROM unlogged")).isEqualTo("0");
        assertThat(restored.query("SELECT count(*) FROM later")).isEqualTo("10001");
        restored.execute("INSERT INTO unlogged VALUES (1)");
      }
    }
  }

  private static String first(Statement statement, String sql) throws Exception {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
