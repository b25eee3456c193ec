package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.archive.TestClock;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.decorate.StoreOperation;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("B6: a backup that is interrupted publishes nothing, and its work is not lost")
class InterruptedBackupIT {

  @TempDir private Path folder;
  private PostgresServer server;
  private final SwitchableFaults faults = new SwitchableFaults();
  private BackupFixture fixture;

  /** Fails calls while it is told to. */
  private static final class SwitchableFaults implements FaultyStore.Faults {

    private volatile BiPredicate<StoreOperation, String> failing = (operation, key) -> false;

    @Override
    public void before(StoreOperation operation, String key) {
      if (failing.test(operation, key)) {
        throw new EngineException(Reason.AccessDenied, "refused by the test: " + key);
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    server =
        PostgresServer.builder(PostgresBinaries.of(16)).setting("wal_keep_size", "1GB").create();
    server.execute(
        "CREATE TABLE t AS SELECT g AS id, repeat(md5(random()::text), 8) || md5(g::text) AS text"
            + " FROM generate_series(1, 100000) g",
        "CHECKPOINT");
    fixture = new BackupFixture(server, folder, store -> new FaultyStore(store, faults));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void the_session_that_holds_it_is_ended() {
    Once change = new Once(() -> terminate("pgbackup base backup"));

    assertInterrupted(change, Reason.BackupInterrupted);
    assertTheNextOneReuses();
  }

  @Test
  void a_session_that_reads_files_is_ended() {
    Once change = new Once(() -> terminate("pgbackup base backup, files 2"));

    assertInterrupted(change, Reason.BackupInterrupted);
    assertTheNextOneReuses();
  }

  @Test
  void the_server_is_restarted() {
    assertInterrupted(new Once(() -> server.restart()), Reason.BackupInterrupted);
    assertTheNextOneReuses();
  }

  @Test
  void the_server_crashes() {
    Once change =
        new Once(
            () -> {
              server.stop(Mode.IMMEDIATE);
              server.start();
            });

    assertInterrupted(change, Reason.BackupInterrupted);
    assertTheNextOneReuses();
  }

  @Test
  void the_thread_is_interrupted() throws Exception {
    AtomicReference<EngineException> failure = new AtomicReference<>();
    Once change = new Once(() -> Thread.currentThread().interrupt());
    Thread thread =
        new Thread(
            () ->
                failure.set(
                    catchThrowableOfType(
                        EngineException.class, () -> fixture.take(Once.slowly(), change))));
    thread.start();
    thread.join(Duration.ofMinutes(1).toMillis());

    assertThat(failure.get().reason()).isEqualTo(Reason.Interrupted);
    assertNothingIsLeft();
    assertTheNextOneReuses();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 50, 99})
  void the_store_refuses_from_some_percentage_on(int percent) {
    AtomicInteger writes = new AtomicInteger();
    faults.failing =
        (operation, key) -> {
          writes.addAndGet(operation == StoreOperation.Write ? 1 : 0);
          return false;
        };
    fixture.take();
    removeBackups();
    int enough = writes.get() * percent / 100;
    writes.set(0);
    faults.failing =
        (operation, key) ->
            key.contains("/base/")
                && operation == StoreOperation.Write
                && writes.getAndIncrement() >= enough;

    assertInterrupted(BackupProgress.NONE, Reason.AccessDenied);
    faults.failing = (operation, key) -> false;
    fixture.take();
  }

  @Test
  void the_manifest_is_refused() {
    faults.failing =
        (operation, key) -> key.endsWith("/manifest") && operation == StoreOperation.Put;

    assertInterrupted(BackupProgress.NONE, Reason.AccessDenied);
    faults.failing = (operation, key) -> false;
    assertTheNextOneReuses();
  }

  @Test
  @DisplayName("B6: killed at the end, its mark stands in the way for three minutes and no longer")
  void killed() {
    TestClock clock = new TestClock(Instant.parse("2026-11-22T12:00:00Z"));
    faults.failing = (operation, key) -> false;
    BackupProgress kill =
        status -> {
          if (status.phase() == BackupPhase.WaitingForWal) {
            faults.failing = (operation, key) -> true;
          }
        };
    assertThatThrownBy(() -> take(kill, clock)).isInstanceOf(EngineException.class);
    faults.failing = (operation, key) -> false;
    assertThat(fixture.archive().pins().find(RunningBackup.PIN)).isPresent();

    assertThatThrownBy(() -> take(BackupProgress.NONE, clock))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.BackupInProgress));
    clock.advance(Duration.ofMinutes(3));
    BackupManifest manifest = take(BackupProgress.NONE, clock);

    assertThat(manifest.totals().newBytes()).isLessThan(manifest.totals().bytes() / 50);
    assertThat(manifest.references()).hasSize(1);
    assertRestorable(manifest);
  }

  private BackupManifest take(BackupProgress progress, TestClock clock) {
    return BaseBackup.take(
        fixture.archive(),
        fixture.sessions(),
        BackupFixture.settings(),
        BackupFixture.WAL_IS_THERE,
        progress,
        clock);
  }

  private void terminate(String application) throws Exception {
    assertThat(
            server.query(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE application_name = '"
                    + application
                    + "'"))
        .isEqualTo("1");
  }

  private void assertInterrupted(BackupProgress progress, Reason expected) {
    assertThatThrownBy(() -> fixture.take(Once.slowly(), progress))
        .isInstanceOfSatisfying(
            EngineException.class, failure -> assertThat(failure.reason()).isEqualTo(expected));
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(fixture.archive().catalog().newestFirst()).isEmpty();
    assertThat(fixture.archive().pins().find(RunningBackup.PIN)).isEmpty();
    assertNoUploads();
    await()
        .untilAsserted(
            () ->
                assertThat(
                        server.query(
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgbackup%'"))
                    .isEqualTo("0"));
  }

  /** Files of uploads that were neither published nor given up. */
  private void assertNoUploads() {
    Path uploads = folder.resolve("store/.pgbackup/uploads");
    try (Stream<Path> left = Files.walk(uploads)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private void assertTheNextOneReuses() {
    long kept =
        fixture
            .store()
            .list(fixture.archive().layout().backups() + "/", "")
            .filter(object -> object.key().contains("/data/"))
            .mapToLong(ObjectInfo::size)
            .sum();
    BackupManifest manifest = fixture.take();

    assertThat(manifest.references().isEmpty()).isEqualTo(kept == 0);
    if (kept > 0) {
      assertThat(manifest.totals().newBytes()).isLessThan(manifest.totals().bytes());
    }
    assertRestorable(manifest);
  }

  private void assertRestorable(BackupManifest manifest) {
    try {
      String rows = server.query("SELECT sum(hashtext(t::text)) FROM t");
      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
        assertThat(restored.query("SELECT sum(hashtext(t::text)) FROM t")).isEqualTo(rows);
      }
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private void removeBackups() {
    List<String> keys =
        fixture
            .store()
            .list(fixture.archive().layout().backups() + "/", "")
            .map(ObjectInfo::key)
            .toList();
    fixture.store().delete(keys);
  }
}
