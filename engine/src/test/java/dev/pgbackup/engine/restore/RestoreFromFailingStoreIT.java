package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.replay.FeedSettings;
import dev.pgbackup.engine.restore.replay.LocalReplayServer;
import dev.pgbackup.engine.restore.replay.ReplaySettings;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.decorate.StoreOperation;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("T9: a store that fails while WAL is replayed never ends recovery early")
@TestInstance(Lifecycle.PER_CLASS)
class RestoreFromFailingStoreIT {

  private static final Reason[] FAILURES = {
    Reason.StoreThrottled, Reason.AccessDenied, Reason.BucketUnreachable
  };

  @TempDir private static Path folder;
  private ArchivedPrimary primary;
  private RestorePlan plan;

  @BeforeAll
  void archive() throws Exception {
    primary =
        ArchivedPrimary.create(
            PostgresServer.builder(PostgresBinaries.of(16)).walSegmentMiB(1),
            DirectoryStore.open(folder.resolve("store")));
    primary.backup();
    for (int i = 0; i < 4; i++) {
      primary.commit(1 << 20);
    }
    primary.flush();
    plan = primary.plan(RecoveryTarget.latest());
  }

  @AfterAll
  void end() {
    primary.close();
  }

  private Restore restore(
      Path directory, FaultyStore.Faults faults, Duration patience, RestoreListener listener) {
    return Restore.of(
        Archive.open(new FaultyStore(primary.store, faults), primary.archive.id()),
        RestoreSettings.into(directory)
            .withReplay(new ReplaySettings(new FeedSettings(2 << 20, 2, patience), Map.of())),
        new LocalReplayServer(primary.server.binaries().binDirectory()),
        paused -> Review.Decision.Promote,
        listener);
  }

  /**
   * Once WAL is replayed, no object with WAL or a history can be got at first; the first one fails
   * in all the ways there are.
   */
  private static final class FailsAtFirst implements FaultyStore.Faults, RestoreListener {

    private final Map<String, List<Reason>> left = new ConcurrentHashMap<>();
    private volatile boolean replaying;

    @Override
    public void entered(RestorePhase phase) {
      replaying = phase == RestorePhase.Replaying;
    }

    @Override
    public void before(StoreOperation operation, String key) {
      if (replaying && operation == StoreOperation.Get && key.contains("/wal/")) {
        List<Reason> failures = left.computeIfAbsent(key, first -> failures());
        if (!failures.isEmpty()) {
          throw new EngineException(failures.remove(0), "as the test wants it");
        }
      }
    }

    private List<Reason> failures() {
      return new ArrayList<>(
          left.isEmpty() ? List.of(FAILURES) : List.of(FAILURES[left.size() % FAILURES.length]));
    }
  }

  @Test
  @DisplayName("throttled, denied, timed out: what is asked for comes later, up to its proven end")
  void itIsTriedAgain() throws Exception {
    Path directory = folder.resolve("tried-again");
    FailsAtFirst faults = new FailsAtFirst();

    restore(directory, faults, Duration.ofMinutes(1), faults).run(plan);

    assertThat(faults.left)
        .hasSizeGreaterThan(4)
        .allSatisfy((key, left) -> assertThat(left).isEmpty());
    assertThat(primary.numbers(directory)).containsExactly(1, 2, 3, 4);
  }

  @Test
  @DisplayName("gone for good: the restore fails by that, and a second run completes it")
  void itFailsAndIsRunAgain() throws Exception {
    Path directory = folder.resolve("run-again");
    String last = plan.wal().last().fileName();
    FaultyStore.Faults faults =
        new FaultyStore.Faults() {
          @Override
          public void before(StoreOperation operation, String key) {
            if (operation == StoreOperation.Get && key.contains(last)) {
              throw new EngineException(Reason.BucketUnreachable, "the bucket is gone");
            }
          }
        };

    assertThatThrownBy(
            () -> restore(directory, faults, Duration.ZERO, RestoreListener.NONE).run(plan))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BucketUnreachable))
        .hasMessageContaining("the bucket is gone");
    assertThat(directory.resolve("recovery.signal")).exists();

    restore(directory, new FaultyStore.Faults() {}, Duration.ZERO, RestoreListener.NONE).run(plan);
    assertThat(primary.numbers(directory)).containsExactly(1, 2, 3, 4);
  }
}
