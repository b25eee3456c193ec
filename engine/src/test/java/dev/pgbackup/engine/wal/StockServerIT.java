package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("W12: the stock pg_hba.conf, and a role with nothing but the grants")
class StockServerIT {

  private static final Path GRANTS = Path.of("../deploy/sql/grants.sql");

  @TempDir Path directory;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  private static ServerSessions asAgent(PostgresServer server) {
    return ArchivedServer.sessions(server, "pgbackup", "secret");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void archives(PostgresBinaries version) throws Exception {
    try (PostgresServer server =
            Servers.quiet(PostgresServer.builder(version).stockHba().walSegmentMiB(1)).create();
        ObjectStore store = DirectoryStore.open(directory)) {
      server.execute(
          Files.readString(GRANTS),
          Files.readString(GRANTS),
          "ALTER ROLE pgbackup PASSWORD 'secret'",
          "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i");
      try (ArchivedServer archived =
          ArchivedServer.start(server, store, asAgent(server), UnaryOperator.identity())) {
        Lsn begin = archived.archive.segmentSize().floor(archived.flush());
        server.execute("INSERT INTO t SELECT i, md5(i::text) FROM generate_series(1, 50000) i");
        server.restart();
        Lsn end = archived.flush();
        archived.requireSameAsServer(Timeline.FIRST, begin, end);
        assertThat(archived.archiver.status().slot().orElseThrow().restart()).isPresent();
      }
    }
  }

  @Test
  void saysWhatTheServerLacks() throws Exception {
    try (PostgresServer server =
            PostgresServer.builder(PostgresBinaries.of(16))
                .setting("max_replication_slots", "1")
                .create();
        ObjectStore store = DirectoryStore.open(directory)) {
      server.execute(
          Files.readString(GRANTS),
          "ALTER ROLE pgbackup NOREPLICATION PASSWORD 'secret'",
          "SELECT pg_create_physical_replication_slot('somebody')");
      try (ArchivedServer archived =
          ArchivedServer.start(server, store, asAgent(server), UnaryOperator.identity())) {
        awaitReason(archived, Reason.NoReplicationPrivilege, "ALTER ROLE pgbackup REPLICATION");
        server.execute("ALTER ROLE pgbackup REPLICATION");
        awaitReason(archived, Reason.NoFreeSlot, "max_replication_slots");
        assertThat(archived.archiver.status().state()).isEqualTo(ArchivingState.Refused);
        server.execute("SELECT pg_drop_replication_slot('somebody')");
        server.execute(
            "REVOKE EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean)"
                + " FROM pgbackup");
        awaitReason(archived, Reason.MissingGrant, "pg_read_binary_file");
        server.execute(Files.readString(GRANTS));
        archived.awaitState(ArchivingState.Streaming);
      }
    }
  }

  @Test
  void refusesMinimalWal() throws Exception {
    try (PostgresServer server =
            PostgresServer.builder(PostgresBinaries.of(16))
                .setting("wal_level", "minimal")
                .setting("max_wal_senders", "0")
                .create();
        ObjectStore store = DirectoryStore.open(directory);
        ArchivedServer archived = ArchivedServer.start(server, store)) {
      awaitReason(archived, Reason.InsufficientWalLevel, "wal_level = replica");
    }
  }

  private static void awaitReason(ArchivedServer archived, Reason reason, String advice) {
    await()
        .atMost(ArchivedServer.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(archived.archiver.status().reason()).contains(reason);
              assertThat(archived.archiver.status().message()).contains(advice);
            });
  }
}
