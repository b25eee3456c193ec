package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName(
    "W2, W3, W5: agent, server and store fail at random; the archive has all of every timeline")
class WalSoakIT {

  private static final int STEPS = Integer.getInteger("pgbackup.soak.steps", 25);

  @TempDir Path directory;

  @Test
  void nothingIsLost() throws Exception {
    long seed = Long.getLong("pgbackup.soak.seed", System.nanoTime());
    System.out.println("pgbackup.soak.seed=" + seed);
    Random random = new Random(seed);
    StoreSwitch faults = new StoreSwitch();
    try (PostgresServer server =
            Servers.quiet(PostgresServer.builder(PostgresBinaries.of(16)).walSegmentMiB(1))
                .setting("wal_keep_size", "2GB")
                .create();
        DirectoryStore disk = DirectoryStore.open(directory)) {
      server.execute("CREATE TABLE t (id int, payload text)");
      FaultyStore store = new FaultyStore(disk, faults);
      ArchivedServer archived = ArchivedServer.start(server, store);
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      for (int step = 0; step < STEPS; step++) {
        int action = random.nextInt(9);
        System.out.println("step " + step + ": " + action);
        switch (action) {
          case 0 -> server.restart();
          case 1 -> {
            server.kill();
            server.start();
          }
          case 2 -> {
            server.stop(Mode.FAST);
            Servers.promoteAtNextStart(server);
            server.start();
            await()
                .atMost(ArchivedServer.PATIENCE)
                .until(() -> server.query("SELECT pg_is_in_recovery()").equals("f"));
          }
          case 3, 4 -> {
            archived.archiver.close();
            faults.work();
            archived = ArchivedServer.start(server, store);
          }
          case 5 -> faults.fail();
          case 6 -> faults.hang();
          case 7 -> server.execute("CHECKPOINT", "SELECT pg_switch_wal()");
          default -> archived.flush();
        }
        server.execute(
            "INSERT INTO t SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, "
                + random.nextInt(4000)
                + ") i");
        if (action == 5 || action == 6) {
          faults.work();
        }
      }
      Lsn end = archived.flush();
      archived.close();

      Timeline newest =
          Timeline.parseHex(
              server.query("SELECT substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8)"));
      TimelineHistory history = archived.archive.timelines().history(newest).orElseThrow();
      for (TimelineHistory.Stretch stretch : history.path()) {
        Lsn from = Lsn.max(begin, archived.archive.segmentSize().floor(stretch.from()));
        Lsn to = stretch.to().orElse(end);
        assertThat(new StoreArchivedWal(archived.archive).contiguousEnd(stretch.timeline(), from))
            .as("end of timeline " + stretch.timeline())
            .isGreaterThanOrEqualTo(to);
        archived.requireSameAsServer(stretch.timeline(), from, to);
      }
      assertThat(archived.gaps).isEmpty();
      assertThat(archived.archive.gaps().of(Timeline.FIRST)).isEmpty();
    }
  }
}
