package dev.pgbackup.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.testkit.PostgresServer.Mode;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Testkit: damage in a database is found")
class IntegrityIT {

  static List<PostgresBinaries> available() {
    return PostgresBinaries.available();
  }

  private static final String[] TABLE = {
    "CREATE TABLE t (id int PRIMARY KEY, text text)",
    "INSERT INTO t SELECT i, repeat('x', 100) FROM generate_series(1, 5000) i",
    "CREATE UNLOGGED TABLE u (i int PRIMARY KEY)",
    "CREATE DATABASE other"
  };

  @ParameterizedTest
  @MethodSource("available")
  void a_sound_server_has_none(PostgresBinaries binaries) throws Exception {
    try (PostgresServer server = PostgresServer.builder(binaries).dataChecksums(true).create()) {
      server.execute(TABLE);

      assertThat(Integrity.check(server)).isEmpty();
    }
  }

  @Test
  void a_flipped_bit_is_found_by_the_pages_checksum() throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(16)).dataChecksums(true).create()) {
      server.execute(TABLE);

      damage(server, "t", 8192 * 3 + 5000);

      assertThat(Integrity.check(server))
          .anySatisfy(finding -> assertThat(finding).contains("invalid page in block 3"));
    }
  }

  @Test
  void a_row_that_an_index_does_not_lead_to_is_found_without_checksums() throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(16)).dataChecksums(false).create()) {
      server.execute(TABLE);
      server.execute(
          "SET allow_system_table_mods = on; UPDATE pg_index SET indisready = false, indisvalid ="
              + " false WHERE indexrelid = 't_pkey'::regclass",
          "INSERT INTO t VALUES (0, 'not in the index')",
          "SET allow_system_table_mods = on; UPDATE pg_index SET indisready = true, indisvalid ="
              + " true WHERE indexrelid = 't_pkey'::regclass");

      assertThat(Integrity.check(server))
          .anySatisfy(finding -> assertThat(finding).contains("heap tuple").contains("lacks"));
    }
  }

  private static void damage(PostgresServer server, String table, long offset) throws Exception {
    Path file =
        server
            .dataDirectory()
            .resolve(server.query("SELECT pg_relation_filepath('" + table + "')"));
    server.stop(Mode.FAST);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      int value = bytes.read();
      bytes.seek(offset);
      bytes.write(value ^ 1);
    }
    server.start();
  }
}
