package dev.pgbackup.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Testkit: PostgreSQL servers")
class PostgresServerIT {

  static List<PostgresBinaries> available() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("available")
  void every_bundled_version_starts_and_tells_its_version(PostgresBinaries binaries)
      throws Exception {
    try (PostgresServer server = PostgresServer.builder(binaries).create()) {
      assertThat(server.query("SHOW server_version")).startsWith(String.valueOf(binaries.major()));
    }
  }

  @Test
  void a_server_is_made_as_described() throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(16))
            .walSegmentMiB(1)
            .dataChecksums(true)
            .setting("max_prepared_transactions", "7")
            .option("work_mem", "3MB")
            .password("it's a \"secret\"")
            .stockHba()
            .create()) {
      assertThat(server.query("SHOW wal_segment_size")).isEqualTo("1MB");
      assertThat(server.query("SHOW data_checksums")).isEqualTo("on");
      assertThat(server.query("SHOW max_prepared_transactions")).isEqualTo("7");
      assertThat(server.query("SHOW work_mem")).isEqualTo("3MB");
      assertThat(server.query("SHOW fsync")).isEqualTo("off");
      assertThat(server.query("SHOW wal_level")).isEqualTo("replica");
      assertThat(
              server.query(
                  "SELECT count(*) FROM pg_hba_file_rules WHERE 'replication' = ANY(database)"))
          .isEqualTo("0");
    }
  }

  @Test
  void what_was_committed_is_there_after_each_way_of_stopping() throws Exception {
    try (PostgresServer server = PostgresServer.builder(PostgresBinaries.of(16)).create()) {
      int port = server.port();
      server.execute("CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)");

      server.restart();
      server.execute("INSERT INTO t VALUES (2)");
      server.stop(Mode.IMMEDIATE);
      server.start();
      server.execute("INSERT INTO t VALUES (3)");
      server.kill();
      assertThat(server.isRunning()).isFalse();
      server.start();
      server.stop(Mode.SMART);
      server.start();

      assertThat(server.query("SELECT string_agg(i::text, ',' ORDER BY i) FROM t"))
          .isEqualTo("1,2,3");
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void a_given_data_directory_is_kept_and_can_be_opened_again(@TempDir Path folder)
      throws Exception {
    Path data = folder.resolve("data");
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(16)).dataDirectory(data).create()) {
      server.execute("CREATE TABLE t AS SELECT 42 AS i");
    }

    try (PostgresServer again =
        PostgresServer.builder(PostgresBinaries.of(16)).dataDirectory(data).build()) {
      again.start();
      assertThat(again.query("SELECT i FROM t")).isEqualTo("42");
    }
    assertThat(data.resolve("PG_VERSION")).exists();
  }

  @Test
  void what_it_made_itself_is_gone_after_closing() throws Exception {
    Path data;
    long pid;
    try (PostgresServer server = PostgresServer.builder(PostgresBinaries.of(16)).create()) {
      data = server.dataDirectory();
      pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0));
      assertThat(ProcessHandle.of(pid)).isPresent();
    }
    assertThat(data).doesNotExist();
    assertThat(data.getParent()).doesNotExist();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void a_server_that_does_not_start_says_why(@TempDir Path empty) {
    try (PostgresServer server =
        PostgresServer.builder(PostgresBinaries.of(16)).dataDirectory(empty).build()) {
      assertThatIllegalStateException()
          .isThrownBy(server::start)
          .withMessageContaining("postgresql.conf");
    }
  }
}
