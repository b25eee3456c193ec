package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import dev.pgbackup.engine.wal.transport.WalTip;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The end of a server's WAL is archived from its directory")
class WalDirectoryIT {

  private static final Timeline ONE = new Timeline(1);
  private static final Timeline TWO = new Timeline(2);

  @TempDir Path directory;

  private static PostgresServer server(int major) throws Exception {
    PostgresServer server =
        Servers.quiet(PostgresServer.builder(PostgresBinaries.of(major)).walSegmentMiB(1)).create();
    server.execute("CREATE TABLE t (id int, payload text)");
    return server;
  }

  private static void write(PostgresServer server, int rows) throws Exception {
    server.execute(
        "INSERT INTO t SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, " + rows + ") i");
  }

  private static WalTip archive(Archive archive, PostgresServer stopped) {
    Ownership ownership =
        new Ownership(
            archive,
            new Ownership.Writer("testhost", "database", ArchivedServer.SLOT),
            null,
            Ownership.Lease.DEFAULT,
            Clock.systemUTC());
    assertThat(ownership.take()).isEmpty();
    try {
      return new DirectoryArchiver(archive, ownership, CommitIndexer.factory(archive))
          .archive(stopped.dataDirectory(), "test", Duration.ofSeconds(60));
    } finally {
      ownership.release();
    }
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {13, 16, 18})
  @DisplayName("a clean stop: up to the shutdown checkpoint")
  void archivesTheShutdownCheckpoint(int major) throws Exception {
    try (PostgresServer server = server(major);
        ObjectStore store = DirectoryStore.open(directory)) {
      Lsn begin;
      ArchivedServer archived = ArchivedServer.start(server, store);
      begin = archived.archive.segmentSize().floor(archived.flush());
      archived.close();
      write(server, 5000);
      server.stop(Mode.FAST);

      WalTip end = archive(archived.archive, server);
      Lsn checkpoint = ControlFile.of(server.dataDirectory()).checkpoint();
      assertThat(end.timeline()).isEqualTo(ONE);
      assertThat(end.end().minus(checkpoint)).isBetween(24L, 512L);
      archived.requireSameAsServer(ONE, begin, end.end());
      assertThat(new StoreArchivedWal(archived.archive).contiguousEnd(ONE, begin))
          .isEqualTo(end.end());

      assertThat(archive(archived.archive, server)).as("again").isEqualTo(end);

      server.start();
      write(server, 100);
      try (ArchivedServer again = ArchivedServer.start(server, store)) {
        Lsn later = again.flush();
        again.requireSameAsServer(ONE, begin, later);
        assertThat(again.gaps).isEmpty();
      }
    }
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {13, 16, 18})
  @DisplayName("a crash: up to the last whole record, which the server continues")
  void archivesACrashedServer(int major) throws Exception {
    try (PostgresServer server = server(major);
        ObjectStore store = DirectoryStore.open(directory)) {
      ArchivedServer archived = ArchivedServer.start(server, store);
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      archived.close();
      write(server, 5000);
      Lsn written = archived.flushPosition();
      server.kill();

      WalTip end = archive(archived.archive, server);
      assertThat(end.end()).isGreaterThanOrEqualTo(written);
      archived.requireSameAsServer(ONE, begin, end.end());

      server.start();
      write(server, 100);
      try (ArchivedServer again = ArchivedServer.start(server, store)) {
        Lsn later = again.flush();
        again.requireSameAsServer(ONE, begin, later);
        assertThat(again.gaps).isEmpty();
        assertThat(again.states).doesNotContain(ArchivingState.Divergent);
      }
    }
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = 16)
  @DisplayName("a promoted directory: history and the new timeline's first WAL")
  void archivesANewTimeline(int major) throws Exception {
    try (PostgresServer server = server(major);
        ObjectStore store = DirectoryStore.open(directory)) {
      ArchivedServer archived = ArchivedServer.start(server, store);
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      archived.close();
      write(server, 2000);
      server.stop(Mode.FAST);
      Servers.promoteAtNextStart(server);
      server.start();
      await()
          .atMost(ArchivedServer.PATIENCE)
          .until(() -> server.query("SELECT pg_is_in_recovery()").equals("f"));
      write(server, 10);
      server.stop(Mode.FAST);

      WalTip end = archive(archived.archive, server);
      assertThat(end.timeline()).isEqualTo(TWO);
      Lsn switchPoint =
          archived.archive.timelines().history(TWO).orElseThrow().begin().orElseThrow();
      StoreArchivedWal wal = new StoreArchivedWal(archived.archive);
      assertThat(wal.contiguousEnd(ONE, begin)).isEqualTo(switchPoint);
      assertThat(wal.contiguousEnd(TWO, archived.archive.segmentSize().floor(switchPoint)))
          .isEqualTo(end.end());
      assertThat(Ownership.read(archived.archive).orElseThrow().timeline())
          .as("the default branch is where a running server was seen")
          .isEqualTo(ONE);
    }
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = 16)
  @DisplayName("a directory from before what is archived is divergent")
  void refusesAnOldDirectory(int major) throws Exception {
    Path snapshot = directory.resolveSibling(directory.getFileName() + "-snapshot");
    try (PostgresServer server = server(major);
        ObjectStore store = DirectoryStore.open(directory)) {
      server.stop(Mode.FAST);
      Servers.copy(server.dataDirectory(), snapshot);
      server.start();
      ArchivedServer archived = ArchivedServer.start(server, store);
      write(server, 3000);
      archived.flush();
      archived.close();
      server.stop(Mode.FAST);
      Path later = directory.resolveSibling(directory.getFileName() + "-later");
      Files.move(server.dataDirectory(), later);
      Files.move(snapshot, server.dataDirectory());
      assertThatThrownBy(() -> archive(archived.archive, server))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DivergentWal));
      Servers.delete(later);
    } finally {
      Servers.delete(snapshot);
    }
  }
}
