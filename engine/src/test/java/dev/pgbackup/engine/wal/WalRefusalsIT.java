package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("W4, W7, W8, W10: what cannot go on is said, and nothing is glued together")
class WalRefusalsIT {

  @TempDir Path directory;
  private PostgresServer server;
  private DirectoryStore disk;
  private final StoreSwitch faults = new StoreSwitch();
  private FaultyStore store;

  @BeforeEach
  void start() throws Exception {
    server = Servers.small();
    disk = DirectoryStore.open(directory);
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
        "INSERT INTO t SELECT i, repeat(md5(random()::text), 10) FROM generate_series(1, "
            + rows
            + ") i");
  }

  private Map<String, String> objects() {
    Map<String, String> objects = new TreeMap<>();
    disk.list("", "")
        .filter(object -> object.key().contains("/wal/"))
        .forEach((ObjectInfo object) -> objects.put(object.key(), object.etag()));
    return objects;
  }

  @Test
  @DisplayName(
      "S4: a damaged tail is written again from what the server has, and archiving goes on")
  void mendsATail() throws Exception {
    Lsn begin;
    WalObject tail;
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(100);
      begin = archived.archive.segmentSize().floor(archived.flush());
      tail = Servers.tails(archived, Timeline.FIRST, begin).get(0);
    }
    damage(tail.key());

    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(100);
      Lsn end = archived.flush();

      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      assertThat(archived.gaps).isEmpty();
      assertThat(archived.states).doesNotContain(ArchivingState.Divergent);
    }
  }

  @Test
  @DisplayName("S4: a damaged tail of which the server has other bytes is left as it is, and told")
  void leavesWhatItCannotMend() throws Exception {
    WalObject tail;
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(100);
      tail =
          Servers.tails(
                  archived, Timeline.FIRST, archived.archive.segmentSize().floor(archived.flush()))
              .get(0);
    }
    ObjectInfo before = disk.head(tail.key()).orElseThrow();
    String other = "0".repeat(64);
    disk.delete(List.of(tail.key()));
    disk.put(
        tail.key(),
        List.of(ByteBuffer.wrap(new byte[20])),
        before.attributes().with(ObjectAttributes.PLAIN_SHA256, other),
        PutOptions.CREATE);

    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      archived.awaitState(ArchivingState.Refused);
      assertThat(archived.archiver.status().message())
          .contains(tail.key())
          .contains("Bring it back from a copy");
      assertThat(
              disk.head(tail.key()).orElseThrow().attributes().get(ObjectAttributes.PLAIN_SHA256))
          .contains(other);
    }
  }

  /** Turns one bit of what is stored; what is said of it stays. */
  private void damage(String key) throws Exception {
    ObjectInfo before = disk.head(key).orElseThrow();
    byte[] content;
    try (ObjectContent stored = disk.get(key, ByteRange.ALL)) {
      content = stored.stream().readAllBytes();
    }
    content[content.length / 2] ^= 1;
    disk.delete(List.of(key));
    disk.put(key, List.of(ByteBuffer.wrap(content)), before.attributes(), PutOptions.CREATE);
  }

  @Test
  @DisplayName("W4: the slot reserves WAL from its first moment")
  void reservesWal() throws Exception {
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      archived.flush();
      assertThat(
              server.query(
                  "SELECT wal_status FROM pg_replication_slots WHERE restart_lsn IS NOT NULL"))
          .isEqualTo("reserved");
    }
  }

  @Test
  @DisplayName("W4, W10: the server throws WAL away: alarm, a gap on record, and archiving goes on")
  void recordsAGap() throws Exception {
    server.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '2MB'", "SELECT pg_reload_conf()");
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      write(1000);
      Lsn before = archived.flush();
      Lsn begin = archived.archive.segmentSize().floor(before);
      faults.hang();
      for (int i = 0; i < 15; i++) {
        write(10000);
        server.execute("CHECKPOINT");
      }
      assertThat(server.query("SELECT wal_status FROM pg_replication_slots")).isEqualTo("lost");
      archived.awaitState(ArchivingState.SlotLost);
      faults.work();
      await().atMost(ArchivedServer.PATIENCE).until(() -> !archived.gaps.isEmpty());
      write(1000);
      Lsn end = archived.flush();

      List<Gap> gaps = archived.archive.gaps().of(Timeline.FIRST);
      assertThat(gaps)
          .as("the server may remove more while the first gap is being recorded")
          .isNotEmpty()
          .containsExactlyElementsOf(archived.gaps);
      for (int i = 1; i < gaps.size(); i++) {
        assertThat(gaps.get(i).from()).isEqualTo(gaps.get(i - 1).to());
      }
      Lsn lost = gaps.get(0).from();
      Lsn resumed = gaps.get(gaps.size() - 1).to();
      StoreArchivedWal wal = new StoreArchivedWal(archived.archive);
      assertThat(wal.contiguousEnd(Timeline.FIRST, begin)).isEqualTo(lost);
      assertThat(wal.contiguousEnd(Timeline.FIRST, resumed)).isGreaterThanOrEqualTo(end);
      assertThat(lost).isGreaterThanOrEqualTo(before);
      archived.requireSameAsServer(Timeline.FIRST, resumed, end);
      archived.awaitState(ArchivingState.Streaming);
      assertThat(new DurableCheckProbe(archived.archive, begin, end).reason())
          .isEqualTo("WalGapDetected");
    }
  }

  @Test
  @DisplayName("W4: a slot that the server invalidated for being idle is made anew, without a gap")
  void replacesAnInvalidatedSlot() throws Exception {
    try (PostgresServer newest =
            Servers.quiet(PostgresServer.builder(PostgresBinaries.of(18)).walSegmentMiB(1))
                .setting("idle_replication_slot_timeout", "1s")
                .create();
        ArchivedServer archived = ArchivedServer.start(newest, store)) {
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      archived.awaitState(ArchivingState.AtRisk);
      assertThat(archived.archiver.status().message()).contains("idle_replication_slot_timeout");
      await()
          .atMost(ArchivedServer.PATIENCE)
          .until(
              () -> {
                newest.execute("CHECKPOINT");
                return archived.states.contains(ArchivingState.SlotLost);
              });
      newest.execute("ALTER SYSTEM SET idle_replication_slot_timeout = 0");
      newest.reload();
      newest.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, 10000) i");
      Lsn end = archived.flush();
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      archived.awaitState(ArchivingState.Streaming);
      assertThat(archived.gaps).isEmpty();
    }
  }

  @Test
  @DisplayName("W4: at the limit of retained WAL the slot is dropped if that is wanted")
  void dropsTheSlotAtTheLimit() throws Exception {
    UnaryOperator<ArchivingSettings> limited =
        s ->
            new ArchivingSettings(
                s.slotName(),
                s.flushInterval(),
                s.lagAfter(),
                s.memoryBytes(),
                s.uploads(),
                new ArchivingSettings.RetainedWal(
                    OptionalLong.of(8 << 20),
                    OptionalLong.of(24 << 20),
                    ArchivingSettings.OnLimit.DropSlot));
    try (ArchivedServer archived =
        ArchivedServer.start(server, store, ArchivedServer.sessions(server), limited)) {
      archived.flush();
      faults.hang();
      while (Long.parseLong(
              server.query(
                  "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint"
                      + " FROM pg_replication_slots"))
          < 10 << 20) {
        write(3000);
      }
      archived.awaitState(ArchivingState.AtRisk);
      assertThat(archived.archiver.status().message()).contains("the slot is dropped");
      write(60000);
      await()
          .atMost(ArchivedServer.PATIENCE)
          .until(() -> server.query("SELECT count(*) FROM pg_replication_slots").equals("0"));
      archived.awaitState(ArchivingState.SlotLost);
      faults.work();
      Lsn end = archived.flush();
      assertThat(archived.archiver.status().durable().orElseThrow()).isGreaterThanOrEqualTo(end);
      await()
          .during(Duration.ofSeconds(7))
          .atMost(ArchivedServer.PATIENCE)
          .until(() -> server.query("SELECT count(*) FROM pg_replication_slots").equals("1"));
      archived.awaitState(ArchivingState.Streaming);
    }
  }

  @Test
  @DisplayName(
      "W7: a disk put back to a snapshot is divergent, also after it wrote beyond the archive")
  void refusesASnapshot() throws Exception {
    Path snapshot = directory.resolveSibling(directory.getFileName() + "-snapshot");
    Path later = directory.resolveSibling(directory.getFileName() + "-later");
    try {
      Map<String, String> archivedObjects;
      try (ArchivedServer archived = ArchivedServer.start(server, store)) {
        write(500);
        archived.flush();
        server.stop(Mode.FAST);
        Servers.copy(server.dataDirectory(), snapshot);
        server.start();
        write(2500);
        archived.flush();
        server.stop(Mode.FAST);
        Files.move(server.dataDirectory(), later);
        Files.move(snapshot, server.dataDirectory());
        server.start();
        archived.awaitState(ArchivingState.Divergent);
        archivedObjects = objects();
        write(9000);
        archived.awaitState(ArchivingState.Divergent);
        assertThat(archived.archiver.status().message()).contains("new lineage");
      }
      ArchivedServer again = ArchivedServer.start(server, store);
      try (again) {
        again.awaitState(ArchivingState.Divergent);
        assertThat(objects()).isEqualTo(archivedObjects);
      }
    } finally {
      Servers.delete(snapshot);
      Servers.delete(later);
    }
  }

  @Test
  @DisplayName(
      "W8: a copy of the server with a slot of its own is refused while the first one writes")
  void refusesASecondPrimary() throws Exception {
    Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
    try (ArchivedServer archived = ArchivedServer.start(server, store)) {
      archived.flush();
      server.stop(Mode.FAST);
      Servers.copy(server.dataDirectory(), copy);
      server.start();
      try (PostgresServer second =
          PostgresServer.builder(server.binaries()).dataDirectory(copy).build().start()) {
        second.execute("INSERT INTO t VALUES (1, 'of the copy')");
        try (ArchivedServer refused = ArchivedServer.startAs(second, store, "copy", "its_slot")) {
          refused.awaitState(ArchivingState.SecondWriter);
          assertThat(refused.archiver.status().message()).contains("take over epoch 1");
          write(100);
          archived.flush();
        }
      }
    } finally {
      Servers.delete(copy);
    }
  }

  /** What somebody hears who waits for WAL on both sides of a gap. */
  private record DurableCheckProbe(dev.pgbackup.engine.archive.Archive archive, Lsn from, Lsn to) {

    String reason() {
      try {
        new PollingDurableWal(archive, Duration.ofMillis(50))
            .await(Timeline.FIRST, from, to, Duration.ofSeconds(10));
        return "none";
      } catch (dev.pgbackup.engine.error.EngineException e) {
        return e.reason().name();
      }
    }
  }
}
