package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.restore.ArchivedPrimary.Tx;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("B12: a restore that is killed cannot be started, and running it again completes it")
@TestInstance(Lifecycle.PER_CLASS)
class RestoreKilledIT {

  private static final int NUMBERS = 24;
  private static final int PADDING = 1 << 20;

  @TempDir private static Path folder;
  private Path store;
  private ArchivedPrimary primary;
  private RestorePlan plan;
  private List<Integer> expected;
  private int restores;

  @BeforeAll
  void archive() throws Exception {
    store = folder.resolve("store");
    primary =
        ArchivedPrimary.create(
            PostgresServer.builder(PostgresBinaries.of(16)).walSegmentMiB(1),
            DirectoryStore.open(store));
    primary.backup();
    Tx last = primary.commit();
    for (int i = 2; i <= NUMBERS; i++) {
      last = primary.commit(PADDING);
    }
    for (int i = 0; i < 4; i++) {
      primary.commit();
    }
    primary.flush();
    RecoveryTarget target = RecoveryTarget.xid(Long.toString(last.xid()), true);
    Lsn lastRecord = primary.plan(target).target().lastRecordStart();
    plan =
        primary.plan(
            RestoreRequest.to(RecoveryTarget.lsn(lastRecord.toString(), true), Purpose.Restore));
    expected = IntStream.rangeClosed(1, NUMBERS).boxed().toList();
  }

  @AfterAll
  void end() {
    primary.close();
  }

  private RunningRestore start(Path directory) {
    return RunningRestore.start(
        primary, store, plan.target().lastRecordStart(), directory, 6 << 20);
  }

  private static Predicate<String> atLeast(String what, int percent) {
    return line ->
        line.startsWith(what + " ")
            && Integer.parseInt(line.substring(what.length() + 1)) >= percent;
  }

  private Path newDirectory() {
    return folder.resolve("restored-" + ++restores);
  }

  private RestoreResult runAgain(Path directory) {
    return primary
        .restore(
            RestoreSettings.into(directory).withSlot(ArchivedPrimary.SLOT), RestoreListener.NONE)
        .run(plan);
  }

  /** The second run is accepted, on the only timeline that was ever claimed for this restore. */
  private void assertCompletes(Path directory, int claimedBefore) throws Exception {
    RestoreResult result = runAgain(directory);

    assertThat(primary.archive.timelines().claimed()).hasSize(claimedBefore + 1);
    Timeline claimed = primary.archive.timelines().claimed().last();
    assertThat(result.timeline()).contains(claimed);
    ControlFile control = ControlFile.of(directory);
    assertThat(control.state()).isEqualTo(ClusterState.SHUT_DOWN);
    assertThat(control.timeline()).isEqualTo(claimed);
    try (PostgresServer restored = primary.on(directory).start()) {
      assertThat(ArchivedPrimary.numbers(restored)).isEqualTo(expected);
      assertThat(restored.query("SELECT restart_lsn IS NOT NULL FROM pg_replication_slots"))
          .isEqualTo("t");
    }
    assertThat(directory.resolve(".pgbackup")).isDirectoryNotContaining("glob:**replay-*");
  }

  private int claims() {
    return primary.archive.timelines().claimed().size();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 60})
  void while_the_base_is_restored(int percent) throws Exception {
    Path directory = newDirectory();
    int claims = claims();
    try (RunningRestore running = start(directory)) {
      assertThat(running.await(atLeast("base", percent))).as("%s", running.lines()).isTrue();
      running.killAll();
    }

    assertThat(directory.resolve(ControlFile.PATH)).doesNotExist();
    assertCompletes(directory, claims);
  }

  @Test
  void the_agent_alone_while_wal_is_replayed() throws Exception {
    Path directory = newDirectory();
    int claims = claims();
    try (RunningRestore running = start(directory)) {
      assertThat(running.await(atLeast("replay", 30))).as("%s", running.lines()).isTrue();
      running.killAgent();
    }

    assertThat(directory.resolve("recovery.signal")).exists();
    assertCompletes(directory, claims);
  }

  @Test
  void everything_at_once_while_wal_is_replayed() throws Exception {
    Path directory = newDirectory();
    int claims = claims();
    try (RunningRestore running = start(directory)) {
      assertThat(running.await(atLeast("replay", 50))).as("%s", running.lines()).isTrue();
      running.killAll();
    }

    assertPlainStartShowsNothingBehindTheTarget(directory);
    assertCompletes(directory, claims);
  }

  @Test
  @DisplayName(
      "during the promotion: neither a plain start nor a second run shows more than the target")
  void during_the_promotion() throws Exception {
    boolean caught = false;
    for (int attempt = 0; attempt < 5 && !caught; attempt++) {
      Path directory = newDirectory();
      int claims = claims();
      try (RunningRestore running = start(directory)) {
        Path signal = directory.resolve("recovery.signal");
        Awaitility.await()
            .atMost(ArchivedPrimary.PATIENCE)
            .pollInterval(Duration.ofMillis(1))
            .until(
                () ->
                    !running.isRunning()
                        || running.lines().contains("Replaying") && !Files.exists(signal));
        running.killAll();
      }
      ControlFile control = ControlFile.of(directory);
      caught = control.timeline().equals(Timeline.FIRST);
      if (caught) {
        assertPlainStartShowsNothingBehindTheTarget(directory);
      }
      assertCompletes(directory, claims);
    }
    assertThat(caught).as("killed between the signal's removal and the new timeline").isTrue();
  }

  @Test
  void after_the_promotion_before_its_report() throws Exception {
    Path directory = newDirectory();
    int claims = claims();
    try (RunningRestore running = start(directory)) {
      assertThat(running.await("Finishing"::equals)).as("%s", running.lines()).isTrue();
      running.killAll();
    }

    assertCompletes(directory, claims);
  }

  @Test
  void and_one_that_is_done_is_done() throws Exception {
    Path directory = newDirectory();
    int claims = claims();
    assertThat(runAgain(directory).before()).isFalse();
    assertThat(runAgain(directory).before()).isTrue();
    assertThat(claims()).isEqualTo(claims + 1);
  }

  /** On a copy, so that the directory stays as it was found. */
  private void assertPlainStartShowsNothingBehindTheTarget(Path directory) throws Exception {
    Path copy = folder.resolve("copy-" + restores);
    new ProcessBuilder("cp", "-a", directory.toString(), copy.toString()).start().waitFor();
    Files.deleteIfExists(copy.resolve("postmaster.pid"));
    try (PostgresServer plain = primary.on(copy)) {
      plain.start();
      assertThat(expected).containsAll(ArchivedPrimary.numbers(plain));
    } catch (IllegalStateException refused) {
      assertThat(refused).hasMessageContaining("restore_command");
    }
  }
}
