package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("B2: a relation of several files, and one that outgrows its first file meanwhile")
class LargeRelationIT {

  private static final long GIB = 1L << 30;

  @TempDir private Path folder;

  @Test
  void is_copied_with_all_of_them() throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(18))
            .dataChecksums(true)
            .setting("max_wal_size", "512MB")
            .setting("wal_keep_size", "512MB")
            .create()) {
      server.execute(
          "CREATE TABLE large (id int, page text)",
          "ALTER TABLE large ALTER page SET STORAGE PLAIN",
          "INSERT INTO large SELECT g, repeat('x', 8000) FROM generate_series(1, 130000) g",
          "CHECKPOINT");
      String path = server.query("SELECT pg_relation_filepath('large')");
      BackupFixture fixture = new BackupFixture(server, folder);
      Once grow =
          new Once(
              () ->
                  server.execute(
                      "INSERT INTO large SELECT g, repeat('y', 8000)"
                          + " FROM generate_series(130001, 140000) g"));

      BackupManifest first = fixture.take(BackupFixture.settings(), grow);
      BackupManifest second = fixture.take();

      assertThat(grow.isDone()).isTrue();
      assertThat(second.corruption()).isNull();
      Map<String, FileEntry> files = fixture.files(second);
      assertThat(files.get(path).size()).isEqualTo(GIB);
      assertThat(files.get(path + ".1").size()).isEqualTo(140_000L * 8192 - GIB);
      assertThat(second.totals().newBytes()).isLessThan(GIB / 4);
      server.stop(Mode.FAST);
      assertAllRows(fixture, first);
    }
  }

  private static void assertAllRows(BackupFixture fixture, BackupManifest manifest)
      throws Exception {
    Path data = fixture.layDown(manifest);
    try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
      assertThat(
              restored.query(
                  "SELECT count(*) || ' ' || sum(id) || ' ' || sum(length(page)) FROM large"))
          .isEqualTo("140000 9800070000 1120000000");
    }
  }
}
