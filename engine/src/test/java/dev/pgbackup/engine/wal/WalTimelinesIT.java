package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("W2: promotions while streaming, two in a row, and back")
class WalTimelinesIT {

  private static final Timeline ONE = new Timeline(1);
  private static final Timeline TWO = new Timeline(2);
  private static final Timeline THREE = new Timeline(3);

  @TempDir Path directory;
  private PostgresServer server;
  private ObjectStore store;

  @BeforeEach
  void start() throws Exception {
    server = Servers.small();
    store = DirectoryStore.open(directory);
    server.execute("CREATE TABLE t (id int, payload text)");
  }

  @AfterEach
  void stop() {
    server.close();
    store.close();
  }

  private void write(int rows) throws Exception {
    server.execute(
        "INSERT INTO t SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, " + rows + ") i");
  }

  /**
   * Lets the server recover its own WAL as if it were a restored one, which ends in a promotion.
   */
  private void promote() throws Exception {
    server.stop(Mode.FAST);
    Servers.promoteAtNextStart(server);
    server.start();
    await()
        .atMost(ArchivedServer.PATIENCE)
        .until(() -> server.query("SELECT pg_is_in_recovery()").equals("f"));
  }

  private Timeline timeline() throws Exception {
    return Timeline.parseHex(
        server.query("SELECT substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8)"));
  }

  @Test
  @DisplayName(
      "W2: a promotion while the agent runs: the old timeline's last segment stays in tails")
  void followsAPromotion() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(3000);
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      promote();
      assertThat(timeline()).isEqualTo(TWO);
      write(3000);
      Lsn end = archived.flush();

      TimelineHistory history = archived.archive.timelines().history(TWO).orElseThrow();
      Lsn switchPoint = history.begin().orElseThrow();
      assertThat(new StoreArchivedWal(archived.archive).contiguousEnd(ONE, begin))
          .isEqualTo(switchPoint);
      archived.requireSameAsServer(TWO, archived.archive.segmentSize().floor(switchPoint), end);
      assertThat(Servers.tails(archived, ONE, switchPoint.plus(-1))).isNotEmpty();
      assertThat(Servers.isSealed(archived, ONE, switchPoint.plus(-1))).isFalse();
      assertThat(Ownership.read(archived.archive).orElseThrow().timeline()).isEqualTo(TWO);
      assertThat(archived.gaps).isEmpty();
    }
  }

  @Test
  @DisplayName("W2: a standby is waited for, and followed as soon as it is promoted")
  void waitsForAStandby() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(1000);
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      server.stop(Mode.FAST);
      Files.createFile(server.dataDirectory().resolve("standby.signal"));
      server.start();
      await()
          .atMost(ArchivedServer.PATIENCE)
          .untilAsserted(
              () -> assertThat(archived.archiver.status().message()).contains("in recovery"));
      assertThat(archived.archiver.status().state()).isEqualTo(ArchivingState.Connecting);
      server.execute("SELECT pg_promote()");
      write(1000);
      Lsn end = archived.flush();
      Lsn left = archived.archive.timelines().history(TWO).orElseThrow().begin().orElseThrow();
      assertThat(new StoreArchivedWal(archived.archive).contiguousEnd(ONE, begin)).isEqualTo(left);
      archived.requireSameAsServer(TWO, archived.archive.segmentSize().floor(left), end);
    }
  }

  @Test
  @DisplayName("W2: two promotions while the agent is away leave no hole")
  void catchesUpOverTwoPromotions() throws Exception {
    Lsn begin;
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(100);
      begin = archived.archive.segmentSize().floor(archived.flush());
    }
    write(3000);
    promote();
    write(5000);
    promote();
    assertThat(timeline()).isEqualTo(THREE);
    write(1000);
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      Lsn end = archived.flush();
      StoreArchivedWal wal = new StoreArchivedWal(archived.archive);
      TimelineHistory history = archived.archive.timelines().history(THREE).orElseThrow();
      Lsn leftOne = history.switchPointOf(ONE).orElseThrow();
      Lsn leftTwo = history.switchPointOf(TWO).orElseThrow();
      assertThat(wal.contiguousEnd(ONE, begin)).isEqualTo(leftOne);
      assertThat(wal.contiguousEnd(TWO, archived.archive.segmentSize().floor(leftOne)))
          .isEqualTo(leftTwo);
      archived.requireSameAsServer(THREE, archived.archive.segmentSize().floor(leftTwo), end);
      assertThat(archived.archive.timelines().historyFile(TWO)).isPresent();
      assertThat(archived.gaps).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "W2: back on the old timeline the archive goes on there, and it is the default again")
  void followsBackToTheOldTimeline() throws Exception {
    Path before = directory.resolveSibling(directory.getFileName() + "-before");
    Path after = directory.resolveSibling(directory.getFileName() + "-after");
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(3000);
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      server.stop(Mode.FAST);
      Servers.copy(server.dataDirectory(), before);
      promote();
      write(2000);
      archived.flush();
      assertThat(Ownership.read(archived.archive).orElseThrow().timeline()).isEqualTo(TWO);

      server.stop(Mode.FAST);
      Files.move(server.dataDirectory(), after);
      Files.move(before, server.dataDirectory());
      server.start();
      assertThat(timeline()).isEqualTo(ONE);
      write(4000);
      Lsn end = archived.flush();
      archived.requireSameAsServer(ONE, begin, end);
      assertThat(Ownership.read(archived.archive).orElseThrow().timeline()).isEqualTo(ONE);
      assertThat(archived.archive.timelines().known()).contains(ONE, TWO);
    } finally {
      Servers.delete(after);
      Servers.delete(before);
    }
  }
}
