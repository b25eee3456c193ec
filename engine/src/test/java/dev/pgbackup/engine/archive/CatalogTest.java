package dev.pgbackup.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The catalog shows published backups, newest first")
class CatalogTest {

  @TempDir private Path folder;
  private ObjectStore store;
  private Archive archive;
  private BackupManifest first;
  private BackupManifest second;
  private BackupId cutOff;

  @BeforeEach
  void build() {
    store = DirectoryStore.open(folder);
    TestClock clock = new TestClock(Instant.parse("2026-11-01T12:00:00Z"));
    ArchiveBuilder builder = new ArchiveBuilder(store, clock);
    archive = builder.archive();
    first = builder.backup(Timeline.FIRST, 1, 2, null);
    clock.advance(Duration.ofHours(1));
    cutOff = builder.cutOffBackup();
    clock.advance(Duration.ofHours(1));
    second = builder.backup(Timeline.FIRST, 3, 4, first);
  }

  @Test
  void newest_first_without_those_that_were_cut_off() {
    assertThat(archive.catalog().newestFirst()).containsExactly(second, first);
    assertThat(archive.catalog().begun())
        .containsExactly(second.backupId(), cutOff, first.backupId());
  }

  @Test
  void by_id() {
    assertThat(archive.catalog().get(first.backupId())).isEqualTo(first);
    assertThat(archive.catalog().find(cutOff)).isEmpty();
    assertThat(archive.catalog().isPublished(cutOff)).isFalse();
    assertThatThrownBy(() -> archive.catalog().get(cutOff))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.BackupNotFound));
  }

  @Test
  void a_damaged_one_does_not_hide_the_others_but_is_refused_by_id() {
    store.put(
        archive.layout().manifest(second.backupId()),
        List.of(ByteBuffer.wrap("{".getBytes(StandardCharsets.US_ASCII))),
        ObjectAttributes.NONE,
        PutOptions.when(PutCondition.always()));

    assertThat(archive.catalog().newestFirst()).containsExactly(first);
    assertThatThrownBy(() -> archive.catalog().get(second.backupId()))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.ArchiveDamaged));
  }
}
