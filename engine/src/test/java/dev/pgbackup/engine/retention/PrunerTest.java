package dev.pgbackup.engine.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.archive.ClockedStore;
import dev.pgbackup.engine.archive.TestClock;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.decorate.FaultyStore;
import dev.pgbackup.engine.store.decorate.ForwardingStore;
import dev.pgbackup.engine.store.decorate.StoreOperation;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.verify.Verifier;
import dev.pgbackup.engine.verify.VerifyProgress;
import dev.pgbackup.engine.verify.VerifyRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrunerTest {

  private static final RetentionPolicy POLICY =
      new RetentionPolicy(Duration.ofDays(7), 1, Duration.ZERO);
  private static final RetentionPolicy WITH_GRACE =
      new RetentionPolicy(Duration.ofDays(7), 1, Duration.ofDays(2));

  @TempDir private Path folder;
  private final TestClock clock = new TestClock(Instant.parse("2026-11-01T00:00:00Z"));
  private ObjectStore store;
  private ArchiveBuilder builder;
  private int archives;

  @Test
  void what_is_not_needed_goes_and_what_stays_verifies() {
    List<BackupManifest> backups = fortnight();

    PruneResult result = prune(POLICY);

    assertThat(backupsLeft()).isEqualTo(ids(backups.subList(6, 14)));
    assertThat(result.backups()).isEqualTo(6);
    assertThat(objects("/wal/")).isEqualTo(16);
    assertThat(objects("/index/")).isEqualTo(16);
    assertClean();
  }

  @Test
  @DisplayName("I5: a deleted backup's bundle stays as long as a newer backup uses it")
  void shared_bundles_stay() {
    List<BackupManifest> backups = fortnight();

    prune(POLICY);

    // backup 6 takes a chunk from backup 5's bundle
    String shared = layoutKey(backups.get(5));
    assertThat(store.head(shared)).isPresent();
    assertThat(store.head(layoutKey(backups.get(4)))).isEmpty();
    assertClean();

    clock.advance(Duration.ofDays(1));
    builder.live(Timeline.FIRST);
    builder.wal(Timeline.FIRST, 29, 31);
    builder.backup(Timeline.FIRST, 29, 30, null);
    prune(POLICY);

    assertThat(store.head(shared)).isEmpty();
    assertClean();
  }

  @Test
  void a_plan_changes_nothing() {
    fortnight();
    List<String> before = keys();

    PrunePlan plan = pruner(POLICY, store).plan();

    assertThat(plan.deletedBackups()).hasSize(6);
    assertThat(keys()).isEqualTo(before);
  }

  @Test
  void content_stays_for_the_grace_period() {
    List<BackupManifest> backups = fortnight();

    prune(WITH_GRACE);

    assertThat(backupsLeft()).isEqualTo(ids(backups.subList(6, 14)));
    assertThat(store.head(layoutKey(backups.get(0)))).isPresent();
    assertThat(objects("/wal/")).isEqualTo(28);

    clock.advance(Duration.ofDays(3));
    builder.live(Timeline.FIRST);
    prune(WITH_GRACE);

    assertThat(store.head(layoutKey(backups.get(0)))).isEmpty();
    assertClean();
  }

  @Test
  @DisplayName(
      "R2: killed between any two changes, a re-run finishes and what is kept never breaks")
  void killed_anywhere_a_rerun_finishes() {
    begin();
    days(10);
    prune(POLICY);
    List<String> expected = keys();

    for (int changes = 0; ; changes++) {
      clock.set(Instant.parse("2026-11-01T00:00:00Z"));
      begin();
      days(10);
      boolean killed = pruneKilledAfter(changes);
      assertClean();
      assertThat(backupsLeft()).hasSizeGreaterThanOrEqualTo(8);

      prune(POLICY);

      assertThat(keys()).as("after a kill behind change " + changes).isEqualTo(expected);
      if (!killed) {
        assertThat(changes).isGreaterThan(15);
        return;
      }
    }
  }

  @Test
  @DisplayName("R4: what is pinned between plan and deletion stays")
  void a_pin_that_comes_late_counts() {
    List<BackupManifest> backups = fortnight();
    Pruner pruner = pruner(POLICY, store);
    PrunePlan plan = pruner.plan();
    BackupManifest pinned = backups.get(2);

    builder.pin("late", clock.instant().plusSeconds(3600), Set.of(pinned.backupId()), null, null);
    pruner.apply(plan);

    assertThat(backupsLeft()).contains(pinned.backupId());
    assertThat(backupsLeft()).hasSize(9);
    assertClean();
  }

  @Test
  @DisplayName("R1: a plan that is no longer true does not delete the last backup")
  void the_last_backup_stays_even_if_the_kept_ones_vanish() {
    List<BackupManifest> backups = fortnight();
    Pruner pruner = pruner(POLICY, store);
    PrunePlan plan = pruner.plan();
    backups.subList(6, 14).forEach(kept -> store.delete(List.of(manifestKey(kept))));

    assertThatThrownBy(() -> pruner.apply(plan))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.ArchiveDamaged));
    assertThat(backupsLeft()).hasSize(6);
  }

  @Test
  void what_a_cut_off_backup_left_goes_after_the_grace_period() {
    begin();
    BackupId cutOff = builder.cutOffBackup();
    days(14);

    prune(WITH_GRACE);

    assertThat(objects(cutOff.value())).isZero();
  }

  @Test
  void an_archive_whose_manifest_cannot_be_read_is_left_alone() {
    List<BackupManifest> backups = fortnight();
    ObjectStore damaged =
        new FaultyStore(
            store,
            new FaultyStore.Faults() {
              @Override
              public void before(StoreOperation operation, String key) {
                if (key.equals(manifestKey(backups.get(13)))) {
                  throw new EngineException(Reason.ArchiveDamaged, "damaged");
                }
              }
            });

    assertThatThrownBy(() -> pruner(POLICY, damaged).plan()).hasMessage("damaged");
  }

  private void begin() {
    archives++;
    store = new ClockedStore(DirectoryStore.open(folder.resolve("archive-" + archives)), clock);
    builder = new ArchiveBuilder(store, clock);
  }

  /** A backup each day, two segments of WAL each, every backup using a chunk of the one before. */
  private List<BackupManifest> fortnight() {
    begin();
    return days(14);
  }

  private List<BackupManifest> days(int count) {
    List<BackupManifest> backups = new ArrayList<>();
    for (int day = 0; day < count; day++) {
      builder.wal(Timeline.FIRST, 1 + 2 * day, 3 + 2 * day);
      backups.add(
          builder.backup(
              Timeline.FIRST, 1 + 2 * day, 2 + 2 * day, day == 0 ? null : backups.get(day - 1)));
      clock.advance(Duration.ofDays(1));
    }
    clock.advance(Duration.ofHours(-23));
    builder.live(Timeline.FIRST);
    return backups;
  }

  private PruneResult prune(RetentionPolicy policy) {
    Pruner pruner = pruner(policy, store);
    return pruner.apply(pruner.plan());
  }

  private Pruner pruner(RetentionPolicy policy, ObjectStore on) {
    return new Pruner(Archive.open(on, builder.archive().id()), policy, clock);
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Each object that is deleted is a change of its own, as a store may stop in the middle of a
   * batch.
   */
  private boolean pruneKilledAfter(int changes) {
    int[] left = {changes};
    ObjectStore mortal =
        new ForwardingStore(store) {
          @Override
          public ObjectInfo put(
              String key,
              List<ByteBuffer> content,
              ObjectAttributes attributes,
              PutOptions options) {
            change();
            return super.put(key, content, attributes, options);
          }

          @Override
          public void delete(Collection<String> keys) {
            for (String key : keys) {
              if (inner().head(key).isPresent()) {
                change();
                inner().delete(List.of(key));
              }
            }
          }

          private void change() {
            if (left[0]-- == 0) {
              throw new Killed();
            }
          }
        };
    try {
      Pruner pruner = pruner(POLICY, mortal);
      pruner.apply(pruner.plan());
      return false;
    } catch (Killed killed) {
      return true;
    }
  }

  private void assertClean() {
    assertThat(
            Verifier.verify(
                    builder.archive(), VerifyRequest.everything().withWindow(), VerifyProgress.NONE)
                .findings())
        .isEmpty();
  }

  private Set<BackupId> backupsLeft() {
    return Set.copyOf(
        keys().stream()
            .filter(key -> key.endsWith("/manifest"))
            .map(key -> new BackupId(key.split("/", -1)[2]))
            .toList());
  }

  private static Set<BackupId> ids(List<BackupManifest> manifests) {
    return Set.copyOf(manifests.stream().map(BackupManifest::backupId).toList());
  }

  private List<String> keys() {
    return store.list("", "").map(ObjectInfo::key).toList();
  }

  private int objects(String part) {
    return (int) keys().stream().filter(key -> key.contains(part)).count();
  }

  private String layoutKey(BackupManifest manifest) {
    return builder.archive().layout().bundle(manifest.backupId(), 0);
  }

  private String manifestKey(BackupManifest manifest) {
    return builder.archive().layout().manifest(manifest.backupId());
  }
}
