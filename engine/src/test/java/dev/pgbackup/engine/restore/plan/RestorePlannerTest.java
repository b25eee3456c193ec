package dev.pgbackup.engine.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.index.MemoryWal;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.WalImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A restore is planned before anything is done")
class RestorePlannerTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("0/5000000");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Timeline TWO = new Timeline(2);

  private @TempDir Path directory;
  private final WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
  private final MemoryWal wal = new MemoryWal();
  private Archive archive;

  @BeforeEach
  void begin() {
    archive =
        Archive.openOrCreate(
            DirectoryStore.open(directory),
            new SystemIdentifier(7312345678901234567L),
            16,
            MEBIBYTE,
            1);
    wal.with(TimelineHistory.root(Timeline.FIRST));
  }

  private static Instant second(int seconds) {
    return NOON.plusSeconds(seconds);
  }

  /** The id of a backup that begins and ends here. */
  private BackupId backup(WalImage image, Timeline timeline, Instant stoppedAt, long nextXid) {
    Lsn start = image.checkpoint(image.end(), nextXid).start();
    Lsn stop = image.backupEnd(start).end();
    BackupId id = BackupId.of(stoppedAt, timeline.number());
    BackupManifest manifest =
        new BackupManifest(
            FormatVersion.CURRENT,
            id,
            archive.id(),
            BackupManifest.Origin.Manual,
            timeline,
            start,
            start,
            stop,
            new Xid(nextXid),
            new Xid(nextXid),
            stoppedAt,
            stoppedAt,
            stoppedAt,
            "label",
            null,
            List.of(),
            new BackupManifest.Server(
                new ServerVersion(160004),
                MEBIBYTE,
                true,
                Map.of("max_connections", "100", "max_wal_senders", "10"),
                "postgres",
                "/data",
                "0700"),
            new BackupManifest.FileList(1, "00", 1, List.of()),
            new BackupManifest.Totals(12, 3456, 0, 0),
            null,
            List.of(),
            "test");
    new StoredDocuments(archive.store())
        .put(archive.layout().manifest(id), manifest, PutOptions.CREATE);
    return id;
  }

  private void serverSeenOn(Timeline timeline) {
    Owner owner =
        new Owner(
            FormatVersion.CURRENT,
            1,
            "writer",
            "host",
            "database",
            "slot",
            timeline,
            START,
            START,
            NOON,
            NOON,
            false);
    new StoredDocuments(archive.store())
        .put(archive.layout().owner(), owner, PutOptions.when(PutCondition.always()));
  }

  private RestorePlan plan(RestoreRequest request) {
    wal.without(Timeline.FIRST).with(Timeline.FIRST, image);
    return new RestorePlanner(archive, wal).plan(request);
  }

  private static RestoreRequest to(RecoveryTarget target) {
    return RestoreRequest.to(target, Purpose.Restore);
  }

  private static RestoreRequest from(BackupId backup, RecoveryTarget target) {
    return new RestoreRequest(target, Optional.empty(), Optional.of(backup), Purpose.Restore);
  }

  private static RestoreRequest on(Timeline timeline, RecoveryTarget target) {
    return new RestoreRequest(target, Optional.of(timeline), Optional.empty(), Purpose.Restore);
  }

  private void assertRefused(RestoreRequest request, Reason reason, String... words) {
    assertThatThrownBy(() -> plan(request))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
  }

  @Test
  void fromTheNewestBackupThatLeadsThereUpToTheOneRecord() {
    backup(image, Timeline.FIRST, second(1), 700);
    BackupId second = backup(image, Timeline.FIRST, second(2), 700);
    RecordLocation commit = image.commit(700, second(3));
    image.filler(701, 100_000);
    backup(image, Timeline.FIRST, second(4), 702);

    RestorePlan plan = plan(to(RecoveryTarget.xid("700", true)));

    assertThat(plan.backup().backupId()).isEqualTo(second);
    assertThat(plan.wal().from()).isEqualTo(plan.backup().startLsn());
    assertThat(plan.wal().to()).isEqualTo(commit.end());
    assertThat(plan.wal().timeline()).isEqualTo(Timeline.FIRST);
    assertThat(plan.baseFiles()).isEqualTo(12);
    assertThat(plan.baseBytes()).isEqualTo(3456);
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  @DisplayName("T8: settings are the highest that the backup or the WAL up to the target asks for")
  void withTheHighestSettings() {
    backup(image, Timeline.FIRST, second(1), 700);
    image.parameterChange(250);
    image.parameterChange(40);
    image.commit(700, second(3));
    image.parameterChange(900);

    RestorePlan plan = plan(to(RecoveryTarget.xid("700", true)));

    assertThat(plan.settings())
        .containsEntry("max_connections", "250")
        .containsEntry("max_wal_senders", "10")
        .containsKey("max_locks_per_transaction");
    assertThat(plan.warnings())
        .singleElement()
        .asString()
        .contains("max_connections = 250")
        .doesNotContain("max_wal_senders");
  }

  @Nested
  @DisplayName("with a backup that was chosen")
  class ChosenBackup {

    @Test
    void itIsTheOneToBeginFrom() {
      BackupId first = backup(image, Timeline.FIRST, second(1), 700);
      backup(image, Timeline.FIRST, second(2), 700);
      image.commit(700, second(3));

      assertThat(plan(from(first, RecoveryTarget.latest())).backup().backupId()).isEqualTo(first);
    }

    @Test
    void oneThatIsNotThereIsRefusedWithThoseThatAre() {
      BackupId there = backup(image, Timeline.FIRST, second(1), 700);

      assertRefused(
          from(new BackupId("20200101T000000Z-0000"), RecoveryTarget.latest()),
          Reason.BackupNotFound,
          "20200101T000000Z-0000",
          there.toString());
    }

    @Test
    @DisplayName("T6: one that ends behind the target is refused with the one that would do")
    void oneThatIsTooLateIsRefusedWithTheOneThatWouldDo() {
      BackupId right = backup(image, Timeline.FIRST, second(1), 700);
      image.commit(700, second(3));
      BackupId late = backup(image, Timeline.FIRST, second(4), 701);

      assertRefused(
          from(late, RecoveryTarget.xid("700", true)),
          Reason.BackupNotRestorable,
          late.toString(),
          right.toString());
    }

    @Test
    void aTargetThatNoBackupLeadsToIsRefusedForItself() {
      BackupId backup = backup(image, Timeline.FIRST, second(1), 700);
      image.abort(700, second(3), List.of());

      assertRefused(
          from(backup, RecoveryTarget.xid("700", true)), Reason.TargetAborted, "rolled back");
    }
  }

  @Nested
  @DisplayName("T7: on the right timeline")
  class OnTimelines {

    private BackupId common;

    /** Timeline 2 leaves timeline 1, on which the server goes on for a while. */
    @BeforeEach
    void promote() {
      common = backup(image, Timeline.FIRST, second(1), 700);
      image.commit(700, second(2));
      Lsn left = image.end();
      WalImage promoted = image.promoted(TWO);
      image.commit(701, second(3));
      promoted.endOfRecovery(Timeline.FIRST, second(10));
      promoted.commit(801, second(11));
      archive
          .timelines()
          .putHistory(TWO, ("1\t" + left + "\tbefore\n").getBytes(StandardCharsets.UTF_8));
      TimelineHistory two =
          new TimelineHistory(TWO, List.of(new TimelineHistory.Ancestor(Timeline.FIRST, left)));
      archive.timelines().serverSeen(two, "server");
      wal.with(two).with(TWO, promoted);
    }

    @Test
    void theDefaultIsTheOneThatTheServerWasLastSeenOn() {
      serverSeenOn(TWO);
      assertThat(plan(to(RecoveryTarget.latest())).wal().timeline()).isEqualTo(TWO);

      serverSeenOn(Timeline.FIRST);
      assertThat(plan(to(RecoveryTarget.latest())).wal().timeline()).isEqualTo(Timeline.FIRST);
    }

    @Test
    void anotherOneIsTakenWhenAskedForAndSaid() {
      serverSeenOn(TWO);

      RestorePlan plan = plan(on(Timeline.FIRST, RecoveryTarget.xid("701", true)));

      assertThat(plan.wal().timeline()).isEqualTo(Timeline.FIRST);
      assertThat(plan.warnings()).singleElement().asString().contains("timeline 2", "timeline 1");
    }

    @Test
    void aTargetBeforeTheSwitchIsReplayedAlongTheParent() {
      serverSeenOn(TWO);

      assertThat(plan(to(RecoveryTarget.xid("700", true))).wal().timeline())
          .isEqualTo(Timeline.FIRST);
    }

    @Test
    void aTargetOfAnotherTimelineIsRefusedWithItsNumber() {
      serverSeenOn(TWO);

      assertRefused(to(RecoveryTarget.xid("701", true)), Reason.XidNotFound, "on timeline 1");
      assertRefused(
          on(TWO, RecoveryTarget.xid("701", true)), Reason.XidNotFound, "transaction with the id");
    }

    @Test
    void oneThatTheArchiveDoesNotKnowIsRefusedWithThoseItKnows() {
      assertRefused(
          on(new Timeline(7), RecoveryTarget.latest()), Reason.TimelineUnreachable, "1, 2");
    }

    @Test
    void aBackupOfAnAbandonedTimelineLeadsNoFurther() {
      serverSeenOn(TWO);
      BackupId abandoned = backup(image, Timeline.FIRST, second(5), 702);

      assertRefused(
          from(abandoned, RecoveryTarget.latest()),
          Reason.TimelineUnreachable,
          abandoned.toString(),
          "timeline 1");
      assertThat(plan(to(RecoveryTarget.latest())).backup().backupId()).isEqualTo(common);
    }
  }
}
