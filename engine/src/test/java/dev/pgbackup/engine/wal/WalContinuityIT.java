package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("W3, W5, W6: nothing is lost, nothing written twice, nothing confirmed too early")
class WalContinuityIT {

  @TempDir Path directory;
  private PostgresServer server;
  private DirectoryStore disk;
  private StoreSwitch faults;
  private ObjectStore store;

  @BeforeEach
  void start() throws Exception {
    server = Servers.small();
    disk = DirectoryStore.open(directory);
    faults = new StoreSwitch();
    store = new FaultyStore(disk, faults);
    server.execute("CREATE TABLE t (id int, payload text)");
  }

  @AfterEach
  void stop() {
    faults.work();
    server.close();
    disk.close();
  }

  private void write(int rows) throws Exception {
    server.execute(
        "INSERT INTO t SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, " + rows + ") i");
  }

  private Map<String, String> objects() {
    Map<String, String> objects = new TreeMap<>();
    disk.list("", "")
        .filter(object -> object.key().contains("/wal/"))
        .forEach(object -> objects.put(object.key(), object.etag()));
    return objects;
  }

  @Test
  @DisplayName("W3: the agent killed again and again, mid-segment and mid-upload: no hole")
  void survivesBeingKilled() throws Exception {
    Lsn begin;
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      begin = archived.archive.segmentSize().floor(archived.flush());
    }
    for (int run = 0; run < 6; run++) {
      ArchivedServer archived = ArchivedServer.start(server, store);
      write(1500);
      int written = faults.writes();
      await().atMost(ArchivedServer.PATIENCE).until(() -> faults.writes() > written);
      if (run % 2 == 0) {
        faults.hang();
        write(1500);
      }
      archived.archiver.close();
      faults.work();
    }
    Map<String, String> before = objects();
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      Lsn end = archived.flush();
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      assertThat(archived.gaps).isEmpty();
    }
    Map<String, String> after = objects();
    before.forEach(
        (key, version) -> {
          if (after.containsKey(key)) {
            assertThat(after.get(key)).as("still the first version of " + key).isEqualTo(version);
          }
        });
  }

  @Test
  @DisplayName("W3: the server restarted, killed, restarted: archiving goes on by itself")
  void survivesTheServer() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      write(2000);
      server.restart();
      write(2000);
      server.stop(Mode.IMMEDIATE);
      server.start();
      write(2000);
      server.kill();
      server.start();
      write(2000);
      Lsn end = archived.flush();
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      assertThat(archived.gaps).isEmpty();
    }
  }

  @Test
  @DisplayName("W5: with the store hanging, the slot stays behind what is durable, and catches up")
  void confirmsOnlyWhatIsDurable() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(1000);
      Lsn durable = archived.flush();
      Lsn begin = archived.archive.segmentSize().floor(durable);
      faults.hang();
      for (int i = 0; i < 10; i++) {
        write(3000);
        Lsn restart = Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots"));
        assertThat(restart).isLessThanOrEqualTo(durable);
      }
      await()
          .atMost(ArchivedServer.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(archived.archiver.status().received().orElseThrow())
                      .as("received in bounded memory")
                      .isGreaterThan(durable));
      assertThat(archived.archiver.status().durable().orElseThrow()).isLessThanOrEqualTo(durable);
      faults.work();
      Lsn end = archived.flush();
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      await()
          .atMost(ArchivedServer.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots")))
                      .isGreaterThan(durable));
    }
  }

  @Test
  @DisplayName("W5: a store that answers with errors is shown as such, and forgotten once it works")
  void showsThatTheStoreIsDown() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      archived.flush();
      archived.awaitState(ArchivingState.Streaming);
      faults.fail();
      write(10);
      archived.awaitState(ArchivingState.StoreDown);
      assertThat(archived.archiver.status().message()).contains("the test's store is down");
      faults.work();
      archived.awaitState(ArchivingState.Streaming);
      assertThat(archived.archiver.status().message()).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "W6: one small commit is durable without a segment switch; an idle server costs nothing")
  void storesLittleByLittle() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      archived.flush();
      for (int i = 0; i < 5; i++) {
        write(1);
        Lsn committed = archived.flushPosition();
        await()
            .atMost(ArchivedServer.PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(archived.archiver.status().durable().orElseThrow())
                        .isGreaterThanOrEqualTo(committed));
      }
      Lsn position = archived.flush();
      Map<String, String> objects = objects();
      await()
          .during(java.time.Duration.ofSeconds(3))
          .atMost(java.time.Duration.ofSeconds(10))
          .until(() -> !archived.flushPosition().equals(position) || objects().equals(objects));
      assertThat(disk.list("", "").map(ObjectInfo::key).filter(key -> key.contains(".tail/")))
          .hasSizeLessThanOrEqualTo(TailPlan.MOST);
    }
  }
}
