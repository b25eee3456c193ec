package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.CorruptPage;
import dev.pgbackup.engine.archive.format.BackupManifest.Corruption;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("B8: a corrupt page of the server is named, and a torn read is not called corruption")
class CorruptPageIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void a_page_whose_bytes_changed_on_the_disk_is_named_by_file_and_block(PostgresBinaries version)
      throws Exception {
    try (PostgresServer server = PostgresServer.builder(version).dataChecksums(true).create()) {
      server.execute(
          "CREATE TABLE t AS SELECT generate_series(1, 400000) AS id", "VACUUM t", "CHECKPOINT");
      String path = server.query("SELECT pg_relation_filepath('t')");
      server.stop(Mode.FAST);
      flip(server.dataDirectory().resolve(path), 1000 * 8192 + 4000);
      flip(server.dataDirectory().resolve(path), 7 * 8192 + 3);
      server.start();
      BackupFixture fixture = new BackupFixture(server, folder);

      BackupManifest manifest = fixture.take();

      Corruption expected =
          new Corruption(2, List.of(new CorruptPage(path, 7), new CorruptPage(path, 1000)));
      assertThat(manifest.corruption()).isEqualTo(expected);
      assertThat(fixture.archive().catalog().get(manifest.backupId()).corruption())
          .isEqualTo(expected);
      assertThat(fixture.take().corruption()).as("once more, unchanged").isEqualTo(expected);
    }
  }

  @Test
  void without_checksums_nothing_is_said() throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(18)).dataChecksums(false).create()) {
      server.execute("CREATE TABLE t AS SELECT generate_series(1, 400000) AS id");

      assertThat(new BackupFixture(server, folder).take().corruption()).isNull();
    }
  }

  @Test
  void pages_that_are_written_all_the_while_are_no_corruption() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(16)).dataChecksums(true).create()) {
      server.execute(
          "CREATE TABLE t AS SELECT g AS id, repeat('x', 200) AS text FROM generate_series(1, 100000) g",
          "CREATE INDEX ON t (id)",
          "VACUUM t");
      Thread writer = new Thread(() -> write(server, stop));
      writer.start();
      try {
        BackupFixture fixture = new BackupFixture(server, folder);

        assertThat(fixture.take(Once.slowly(), BackupProgress.NONE).corruption()).isNull();
        assertThat(fixture.take().corruption()).isNull();
      } finally {
        stop.set(true);
        writer.join();
      }
    }
  }

  /** Changes pages and has them written, as fast as it can. */
  private static void write(PostgresServer server, AtomicBoolean stop) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; !stop.get(); i++) {
        statement.execute("UPDATE t SET text = repeat('y', 200) WHERE id % 50 = " + i % 50);
        statement.execute("SELECT count(*) FROM t");
        statement.execute("CHECKPOINT");
      }
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void flip(Path path, long at) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int value = file.read();
      file.seek(at);
      file.write(value ^ 0x40);
    }
  }
}
