package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.verify.Verifier;
import dev.pgbackup.engine.verify.VerifyProgress;
import dev.pgbackup.engine.verify.VerifyRequest;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What the archive has is not uploaded again")
class ReuseIT {

  @TempDir private Path folder;
  private PostgresServer server;
  private BackupFixture fixture;

  @BeforeEach
  void start() throws Exception {
    server =
        PostgresServer.builder(PostgresBinaries.of(18)).setting("wal_keep_size", "1GB").create();
    server.execute(
        "CREATE TABLE t AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 300000) g",
        "VACUUM FREEZE t",
        "CHECKPOINT");
    fixture = new BackupFixture(server, folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void unchanged_chunks_are_referred_to_and_the_backup_is_a_full_one_all_the_same()
      throws Exception {
    BackupManifest first = fixture.take();
    server.execute("UPDATE t SET text = 'changed' WHERE id = 150000");
    BackupManifest second = fixture.take();
    BackupManifest third = fixture.take();

    assertThat(second.references()).containsExactly(first.backupId());
    assertThat(second.totals().newBytes()).isBetween(1L, 4L << 20);
    assertThat(third.references()).contains(first.backupId(), second.backupId());
    assertThat(
            Verifier.verify(
                    fixture.archive(), VerifyRequest.of(third.backupId()), VerifyProgress.NONE)
                .findings())
        .allMatch(
            finding -> finding.key().contains("/wal/") || finding.key().endsWith("owner.json"));
    server.stop(Mode.FAST);
    Path data = fixture.layDown(third);
    try (PostgresServer restored = fixture.recovering(third, data).start()) {
      assertThat(restored.query("SELECT count(*) FROM t WHERE text = 'changed'")).isEqualTo("1");
      assertThat(restored.query("SELECT count(*) FROM t WHERE text = md5(id::text)"))
          .isEqualTo("299999");
    }
  }

  @Test
  void zeros_are_not_stored() throws Exception {
    Files.write(server.dataDirectory().resolve("zeros"), new byte[3 * Chunk.SIZE + 5]);

    FileEntry zeros = fixture.files(fixture.take()).get("zeros");

    assertThat(zeros.size()).isEqualTo(3 * Chunk.SIZE + 5);
    assertThat(zeros.chunks()).hasSize(4).allMatch(Chunk::isZero);
  }

  @Test
  void what_was_deleted_meanwhile_is_never_referred_to() {
    BackupManifest first = fixture.take();
    BackupProgress delete =
        status -> {
          if (status.phase() == BackupPhase.WaitingForWal) {
            fixture.store().delete(List.of(fixture.archive().layout().bundle(first.backupId(), 0)));
          }
        };

    assertThatThrownBy(() -> fixture.take(BackupFixture.settings(), delete))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.BackupInterrupted))
        .hasMessageContaining("data/00000000");
    assertThat(fixture.archive().catalog().newestFirst()).containsExactly(first);
  }

  @Test
  void while_it_runs_a_backup_protects_itself_those_it_may_use_and_its_wal() {
    BackupManifest first = fixture.take();
    fixture.take(
        BackupFixture.settings(),
        status -> {
          if (status.phase() == BackupPhase.Copying) {
            assertThat(fixture.archive().pins().find(RunningBackup.PIN))
                .hasValueSatisfying(
                    pin -> {
                      assertThat(pin.backups())
                          .containsExactlyInAnyOrder(first.backupId(), status.backupId());
                      assertThat(pin.walFrom()).isGreaterThan(first.stopLsn());
                    });
          }
        });
  }

  @Test
  void a_damaged_list_of_the_previous_backup_costs_time_and_nothing_else() {
    BackupManifest first = fixture.take();
    fixture.store().delete(List.of(fixture.archive().layout().files(first.backupId())));

    BackupManifest second = fixture.take();

    assertThat(second.references()).isEmpty();
    assertThat(second.totals().newBytes()).isGreaterThan(second.totals().bytes() / 2);
  }

  @Test
  @DisplayName("B5: many small files, and empty ones, one level deep and deeper")
  void many_small_files() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      Path directory = server.dataDirectory().resolve("many/" + i % 7);
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("file" + i), i % 5 == 0 ? "" : "content " + i);
    }

    BackupManifest first = fixture.take();
    BackupManifest second = fixture.take();

    Path data = fixture.layDown(first);
    for (int i = 0; i < 20_000; i++) {
      assertThat(Files.readString(data.resolve("many/" + i % 7 + "/file" + i)))
          .isEqualTo(i % 5 == 0 ? "" : "content " + i);
    }
    assertThat(second.totals().newBytes()).isLessThan(1 << 20);
    assertThat(
            fixture
                .store()
                .list(fixture.archive().layout().bundles(first.backupId()) + "/", "")
                .map(ObjectInfo::key))
        .hasSizeLessThan(8);
  }
}
