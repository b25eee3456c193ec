package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.restore.ArchivedPrimary.Tx;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.StoreArchivedWal;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A restored directory takes the master's place, and archiving goes on without a gap")
class RestoreTakesPlaceIT {

  private static final Timeline TWO = new Timeline(2);

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("T7: the timelines that this makes can all be restored")
  void takesThePlace(PostgresBinaries version) throws Exception {
    ObjectStore store = DirectoryStore.open(folder.resolve("store"));
    Path second = folder.resolve("second");
    Tx third;
    try (ArchivedPrimary first =
        ArchivedPrimary.create(PostgresServer.builder(version), store)) {
      first.commit();
      first.commit();
      first.backup();
      third = first.commit();
      first.commit();
      first.flush();

      // The old master runs and is archived all the while, as before a swap.
      RestoreResult result =
          first
              .restore(
                  RestoreSettings.into(second).withSlot(ArchivedPrimary.SLOT),
                  RestoreListener.NONE)
              .run(
                  first.plan(
                      RestoreRequest.to(
                          RecoveryTarget.xid(Long.toString(third.xid()), true),
                          Purpose.Restore)));

      assertThat(result.timeline()).contains(TWO);
      assertIsArchived(first, second);
      first.commit();
      first.flush();
    }

    try (PostgresServer server = on(version, second);
        ArchivedPrimary next = new ArchivedPrimary(server.start(), store, 100)) {
      next.commit();
      next.flush();

      assertThat(next.archive.gaps().of(TWO)).isEmpty();
      assertRows(next, Optional.empty(), 1, 2, 3, 101);
      assertRows(next, Optional.of(Timeline.FIRST), 1, 2, 3, 4, 5);
      assertThat(next.archive.timelines().claimed())
          .extracting(Timeline::number)
          .containsExactly(1, 2, 3, 4);
    }
  }

  private static PostgresServer on(PostgresBinaries version, Path directory) {
    return PostgresServer.builder(version).dataDirectory(directory).build();
  }

  /** History and WAL up to the shutdown checkpoint are in the archive, the slot holds the rest. */
  private static void assertIsArchived(ArchivedPrimary primary, Path directory) {
    ControlFile control = ControlFile.of(directory);
    StoreArchivedWal wal = new StoreArchivedWal(primary.archive);
    Lsn begin = wal.history(TWO).orElseThrow().begin().orElseThrow();
    assertThat(wal.contiguousEnd(TWO, primary.archive.segmentSize().floor(begin)))
        .isGreaterThan(control.checkpoint());
    assertThat(directory.resolve("pg_replslot/" + ArchivedPrimary.SLOT + "/state")).exists();
  }

  private void assertRows(ArchivedPrimary primary, Optional<Timeline> timeline, Integer... rows)
      throws Exception {
    Path directory = folder.resolve("copy-" + timeline.map(Timeline::toHex).orElse("live"));
    primary
        .restore(RestoreSettings.into(directory), RestoreListener.NONE)
        .run(
            primary.plan(
                new RestoreRequest(
                    RecoveryTarget.latest(), timeline, Optional.empty(), Purpose.Clone)));
    assertThat(primary.numbers(directory)).isEqualTo(Arrays.asList(rows));
  }
}
