package dev.pgbackup.engine.restore.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.index.CommitIndex;
import dev.pgbackup.engine.wal.index.MemoryWal;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.record.WalImage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A target is resolved to one record")
class TargetResolverTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("0/5000000");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final TimelineHistory ONE = TimelineHistory.root(Timeline.FIRST);
  private static final Timeline TWO = new Timeline(2);

  private @TempDir Path directory;
  private final WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
  private final MemoryWal wal = new MemoryWal();
  private final List<BackupPoint> backups = new ArrayList<>();
  private TargetResolver resolver;

  @BeforeEach
  void begin() {
    Archive archive =
        Archive.openOrCreate(
            DirectoryStore.open(directory),
            new SystemIdentifier(7312345678901234567L),
            16,
            MEBIBYTE,
            1);
    resolver = new TargetResolver(new CommitIndex(archive, wal));
  }

  /** A backup that begins and ends here. */
  private BackupPoint backup(WalImage image, Timeline timeline, Instant stoppedAt, long nextXid) {
    Lsn start = image.checkpoint(image.end(), nextXid).start();
    Lsn stop = image.backupEnd(start).end();
    BackupPoint backup =
        new BackupPoint(
            BackupId.of(stoppedAt, timeline.number()),
            timeline,
            start,
            stop,
            new Xid(nextXid),
            stoppedAt);
    backups.add(backup);
    return backup;
  }

  private static Instant second(int seconds) {
    return NOON.plusSeconds(seconds);
  }

  private ResolvedTarget resolve(RecoveryTarget target) {
    wal.without(Timeline.FIRST).with(Timeline.FIRST, image);
    return resolver.resolve(target, ONE, backups);
  }

  private void assertRefused(RecoveryTarget target, Reason reason, String... words) {
    assertThatThrownBy(() -> resolve(target))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(words);
  }

  private static void assertStopsBehind(ResolvedTarget resolved, RecordLocation record) {
    assertThat(resolved.lastRecordStart()).isEqualTo(record.start());
    assertThat(resolved.lastRecordEnd()).isEqualTo(record.end());
  }

  @Nested
  @DisplayName("T1: by transaction")
  class ByTransaction {

    @Test
    void inclusiveItIsTheCommitAndExclusiveTheRecordBefore() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(701, second(1));
      RecordLocation before = image.filler(700, 5000);
      RecordLocation commit = image.commit(700, second(2));
      image.commit(702, second(3));

      ResolvedTarget inclusive = resolve(RecoveryTarget.xid("700", true));
      ResolvedTarget exclusive = resolve(RecoveryTarget.xid("700", false));

      assertStopsBehind(inclusive, commit);
      assertThat(inclusive.lastXid()).contains(new Xid(700));
      assertThat(inclusive.lastTime()).contains(second(2));
      assertStopsBehind(exclusive, before);
      assertThat(exclusive.lastXid()).contains(new Xid(701));
    }

    @Test
    void interleavedOnesCountByTheirCommit() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.filler(700, 100);
      image.filler(701, 100);
      image.commit(701, second(1));
      image.commit(702, second(2));
      RecordLocation late = image.commit(700, second(3));

      assertStopsBehind(resolve(RecoveryTarget.xid("700", true)), late);
    }

    @Test
    void aSubtransactionIsRefusedWithItsTopLevelOne() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1), List.of(701L, 702L), List.of());

      assertRefused(
          RecoveryTarget.xid("702", true),
          Reason.XidNotFound,
          "subtransaction of 700",
          "use xid 700");
    }

    @Test
    void anAbortedOneIsRefusedWithTheCommitsNearby() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      image.abort(701, second(2), List.of());
      image.commit(702, second(3));
      image.commit(790, second(4));

      assertRefused(
          RecoveryTarget.xid("701", true),
          Reason.TargetAborted,
          "701",
          "2026-11-22T12:00:02Z",
          "700 at 2026-11-22T12:00:01Z",
          "702 at 2026-11-22T12:00:03Z");
    }

    @Test
    void oneThatNeverWasIsRefusedWithTheCommitsNearby() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      image.commit(705, second(2));

      assertRefused(
          RecoveryTarget.xid("703", true),
          Reason.XidNotFound,
          "703",
          "700 at 2026-11-22T12:00:01Z",
          "705 at 2026-11-22T12:00:02Z");
    }

    @Test
    @DisplayName("T6: one that is not assigned yet lies beyond the archive")
    void beyond() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));

      assertRefused(
          RecoveryTarget.xid("900", true),
          Reason.TargetBeyondArchive,
          "next transaction would have been 701",
          "last transaction 700");
    }

    @Test
    @DisplayName("T6: one from before the first backup lies before the window")
    void beforeTheWindow() {
      image.commit(600, NOON.minusSeconds(60));
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));

      assertRefused(RecoveryTarget.xid("600", true), Reason.TargetBeforeWindow, "600", "700 at");
    }

    @Test
    @DisplayName("T6: one that committed while the first backup ran lies before the window")
    void duringTheBackup() {
      Lsn start = image.checkpoint(image.end(), 700).start();
      image.commit(700, NOON.minusSeconds(1));
      Lsn stop = image.backupEnd(start).end();
      backups.add(
          new BackupPoint(BackupId.of(NOON, 1), Timeline.FIRST, start, stop, new Xid(700), NOON));

      assertRefused(RecoveryTarget.xid("700", true), Reason.TargetBeforeWindow, "oldest point");
    }

    @Test
    @DisplayName("T10: a prepared one counts by its COMMIT PREPARED")
    void prepared() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.prepare(700, second(1), "transfer");
      image.commit(701, second(2));
      RecordLocation commit = image.commitPrepared(700, second(3));

      assertStopsBehind(resolve(RecoveryTarget.xid("700", true)), commit);
    }

    @Test
    @DisplayName("T10: one that is still prepared is refused")
    void stillPrepared() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.prepare(700, second(1), "transfer");
      image.commit(701, second(2));

      assertRefused(
          RecoveryTarget.xid("700", true), Reason.XidNotFound, "prepared as \"transfer\"");
    }

    @Test
    @DisplayName("T2: past an epoch, 32 bits mean the latest occurrence, 64 bits exactly one")
    void epochs() {
      long epoch = 1L << 32;
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation first = image.commit(701, second(1));
      for (long xid = 1L << 30; xid <= epoch; xid += 1L << 30) {
        image.filler(xid, 10);
      }
      image.checkpoint(START, epoch + 700);
      RecordLocation second = image.commit(701, second(2));
      image.commit(702, second(3));

      assertStopsBehind(resolve(RecoveryTarget.xid("701", true)), second);
      assertStopsBehind(resolve(RecoveryTarget.xid(Long.toString(epoch + 701), true)), second);
      assertThat(first.start()).isNotEqualTo(second.start());
      assertRefused(
          RecoveryTarget.xid(Long.toString(2 * epoch + 701), true),
          Reason.TargetBeyondArchive,
          "last transaction " + (epoch + 702));
    }
  }

  @Nested
  @DisplayName("T2: by time")
  class ByTime {

    @Test
    void exactlyAtACommit() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation before = image.filler(700, 100);
      RecordLocation commit = image.commit(700, second(1));
      image.commit(701, second(2));

      assertStopsBehind(resolve(new RecoveryTarget.Time(second(1), true)), commit);
      assertStopsBehind(resolve(new RecoveryTarget.Time(second(1), false)), before);
    }

    @Test
    void microsecondsCount() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation first = image.commit(700, second(1));
      RecordLocation second = image.commit(701, second(1).plusNanos(1000));
      image.commit(702, second(2));

      assertStopsBehind(resolve(new RecoveryTarget.Time(second(1), true)), first);
      assertStopsBehind(resolve(new RecoveryTarget.Time(second(1).plusNanos(1000), true)), second);
    }

    @Test
    void betweenCommitsEverythingBeforeTheLaterOneIsReplayed() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      RecordLocation filler = image.filler(701, 30_000);
      image.commit(701, second(5));

      assertStopsBehind(resolve(new RecoveryTarget.Time(second(3), true)), filler);
    }

    @Test
    void anAbortStopsItToo() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation commit = image.commit(700, second(1));
      image.abort(701, second(3), List.of());
      image.commit(702, second(2));

      assertStopsBehind(resolve(new RecoveryTarget.Time(second(2), true)), commit);
    }

    @Test
    void whenClocksRunBackwardsTheFirstLaterCommitInWalOrderCounts() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation first = image.commit(700, second(1));
      image.commit(701, second(100));
      image.commit(702, second(2));
      image.commit(703, second(3));
      image.commit(704, second(101));

      assertStopsBehind(resolve(new RecoveryTarget.Time(second(3), true)), first);
    }

    @Test
    @DisplayName("T6: behind the last transaction it is refused")
    void beyond() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));

      assertRefused(
          new RecoveryTarget.Time(second(1), true),
          Reason.TargetBeyondArchive,
          "last transaction 700 at 2026-11-22T12:00:01Z",
          "latest");
    }

    @Test
    @DisplayName("T6: before the end of the first backup it is refused")
    void beforeTheWindow() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));

      assertRefused(
          new RecoveryTarget.Time(NOON.minusSeconds(1), true),
          Reason.TargetBeforeWindow,
          "2026-11-22T12:00:00Z");
    }
  }

  @Nested
  @DisplayName("T3: by position")
  class ByPosition {

    @Test
    void exactlyAtARecord() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation before = image.filler(700, 100);
      RecordLocation record = image.filler(700, 100);
      image.commit(700, second(1));

      assertStopsBehind(resolve(new RecoveryTarget.Position(record.start(), true)), record);
      assertStopsBehind(resolve(new RecoveryTarget.Position(record.start(), false)), before);
    }

    @Test
    void insideARecordTheNextOneCounts() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation record = image.filler(700, 20_000);
      RecordLocation next = image.commit(700, second(1));

      assertStopsBehind(
          resolve(new RecoveryTarget.Position(record.start().plus(9000), true)), next);
      assertStopsBehind(
          resolve(new RecoveryTarget.Position(record.start().plus(9000), false)), record);
    }

    @Test
    @DisplayName("T6: at the end only the exclusive target is reached")
    void atTheEnd() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation last = image.commit(700, second(1));

      assertStopsBehind(resolve(new RecoveryTarget.Position(last.end(), false)), last);
      assertRefused(
          new RecoveryTarget.Position(last.end(), true), Reason.TargetBeyondArchive, "latest");
      assertRefused(
          new RecoveryTarget.Position(last.end().plus(1), false),
          Reason.TargetBeyondArchive,
          last.end().toString());
    }

    @Test
    @DisplayName("T6: before the window")
    void beforeTheWindow() {
      image.filler(600, 20_000);
      BackupPoint backup = backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));

      assertRefused(
          new RecoveryTarget.Position(START, true),
          Reason.TargetBeforeWindow,
          backup.stop().toString());
      assertRefused(
          new RecoveryTarget.Position(backup.start(), true),
          Reason.TargetBeforeWindow,
          backup.stop().toString());
    }
  }

  @Nested
  @DisplayName("T4: by restore point")
  class ByName {

    @Test
    void itIsTheRecordOfThePoint() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      RecordLocation point = image.restorePoint("before_migration", second(2));
      image.commit(701, second(3));

      ResolvedTarget resolved = resolve(RecoveryTarget.name("before_migration"));

      assertStopsBehind(resolved, point);
      assertThat(resolved.warnings()).isEmpty();
    }

    @Test
    void ofTwoWithOneNameTheFirstCountsAndThePersonIsTold() {
      backup(image, Timeline.FIRST, NOON, 700);
      RecordLocation first = image.restorePoint("weekly", second(1));
      RecordLocation second = image.restorePoint("weekly", second(2));

      ResolvedTarget resolved = resolve(RecoveryTarget.name("weekly"));

      assertStopsBehind(resolved, first);
      assertThat(resolved.warnings())
          .singleElement()
          .asString()
          .contains("2 restore points", second.start().toString());
    }

    @Test
    void anUnknownOneIsRefusedWithThoseThatThereAre() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.restorePoint("weekly", second(1));

      assertRefused(
          RecoveryTarget.name("monthly"), Reason.RestorePointNotFound, "monthly", "\"weekly\"");
    }
  }

  @Nested
  @DisplayName("T5: immediate and latest")
  class Ends {

    @Test
    void immediateIsTheEndOfTheNewestBackup() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      BackupPoint newest = backup(image, Timeline.FIRST, second(2), 701);
      image.commit(701, second(3));

      ResolvedTarget resolved = resolve(RecoveryTarget.immediate());

      assertThat(resolved.backup()).isEqualTo(newest);
      assertThat(resolved.lastRecordEnd()).isEqualTo(newest.stop());
      assertThat(resolved.lastRecordStart())
          .isLessThan(newest.stop())
          .isGreaterThan(newest.start());
    }

    @Test
    void latestIsTheLastRecord() {
      backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      RecordLocation last = image.filler(701, 100);

      ResolvedTarget resolved = resolve(RecoveryTarget.latest());

      assertStopsBehind(resolved, last);
      assertThat(resolved.lastXid()).contains(new Xid(700));
    }
  }

  @Nested
  @DisplayName("T7: across timelines")
  class AcrossTimelines {

    private final WalImage child = child();

    private TimelineHistory two;
    private RecordLocation common;
    private RecordLocation abandoned;
    private RecordLocation live;

    private WalImage child() {
      backup(image, Timeline.FIRST, NOON, 700);
      common = image.commit(700, second(1));
      two =
          new TimelineHistory(
              TWO, List.of(new TimelineHistory.Ancestor(Timeline.FIRST, image.end())));
      WalImage promoted = image.promoted(TWO);
      abandoned = image.commit(701, second(2));
      image.commit(702, second(3));
      promoted.endOfRecovery(Timeline.FIRST, second(10));
      live = promoted.commit(701, second(11));
      promoted.commit(702, second(12));
      return promoted;
    }

    @Test
    void theSameIdMeansAnotherCommitOnEachBranch() {
      wal.with(TWO, child);

      assertStopsBehind(resolve(RecoveryTarget.xid("701", true)), abandoned);
      ResolvedTarget onTwo = resolver.resolve(RecoveryTarget.xid("701", true), two, backups);
      assertStopsBehind(onTwo, live);
      assertThat(onTwo.timeline()).isEqualTo(TWO);
    }

    @Test
    void whatLiesBeforeTheSwitchIsOnTheParent() {
      wal.with(TWO, child).with(Timeline.FIRST, image);

      ResolvedTarget resolved = resolver.resolve(RecoveryTarget.xid("700", true), two, backups);

      assertStopsBehind(resolved, common);
      assertThat(resolved.timeline()).isEqualTo(Timeline.FIRST);
    }

    @Test
    void aTimelineWithoutABackupOnItsWayIsUnreachable() {
      BackupPoint late = backup(image, Timeline.FIRST, second(5), 703);
      backups.remove(0);
      wal.with(TWO, child);

      assertThatThrownBy(() -> resolver.resolve(RecoveryTarget.latest(), two, backups))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.TimelineUnreachable))
          .hasMessageContaining("timeline 1");
      assertThat(resolve(RecoveryTarget.latest()).backup()).isEqualTo(late);
    }

    @Test
    void theOldTimelineIsReachedToItsEnd() {
      wal.with(TWO, child);

      assertThat(resolve(RecoveryTarget.latest()).lastXid()).contains(new Xid(702));
      assertThat(resolve(RecoveryTarget.latest()).lastTime()).contains(second(3));
    }
  }

  @Nested
  @DisplayName("W10, T6: with a gap in the WAL")
  class WithAGap {

    private BackupPoint before;
    private BackupPoint behind;
    private Lsn gap;

    @BeforeEach
    void gap() {
      before = backup(image, Timeline.FIRST, NOON, 700);
      image.commit(700, second(1));
      gap = image.end();
      WalImage lost = new WalImage(16, MEBIBYTE, Timeline.FIRST, START.plus(4 << 20));
      behind = backup(lost, Timeline.FIRST, second(100), 800);
      lost.commit(800, second(101));
      lost.commit(801, second(102));
      wal.with(Timeline.FIRST, image).with(Timeline.FIRST, lost);
    }

    private ResolvedTarget resolved(RecoveryTarget target) {
      return resolver.resolve(target, ONE, backups);
    }

    private void assertInGap(RecoveryTarget target) {
      assertThatThrownBy(() -> resolved(target))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WalGapInRange))
          .hasMessageContaining(gap.toString());
    }

    @Test
    void whatLiesBeforeItIsReachedFromTheBackupBefore() {
      assertThat(resolved(RecoveryTarget.xid("700", true)).backup()).isEqualTo(before);
    }

    @Test
    void whatLiesBehindItIsReachedFromTheBackupBehind() {
      assertThat(resolved(RecoveryTarget.xid("800", true)).backup()).isEqualTo(behind);
      assertThat(resolved(RecoveryTarget.latest()).backup()).isEqualTo(behind);
      assertThat(resolved(new RecoveryTarget.Time(second(101), true)).lastXid())
          .contains(new Xid(800));
    }

    @Test
    void whatLiesInItIsRefused() {
      assertInGap(RecoveryTarget.xid("750", true));
      assertInGap(new RecoveryTarget.Time(second(50), true));
      assertInGap(new RecoveryTarget.Position(START.plus(3 << 20), true));
    }

    @Test
    void aRestoreAcrossItIsRefused() {
      backups.remove(behind);

      assertThatThrownBy(() -> resolved(RecoveryTarget.xid("801", true)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining(gap.toString());
    }
  }

  @Test
  void theNewestBackupThatIsConsistentThereIsChosen() {
    BackupPoint first = backup(image, Timeline.FIRST, NOON, 700);
    image.commit(700, second(1));
    BackupPoint second = backup(image, Timeline.FIRST, second(2), 701);
    image.commit(701, second(3));
    backup(image, Timeline.FIRST, second(4), 702);
    image.commit(702, second(5));

    assertThat(resolve(RecoveryTarget.xid("700", true)).backup()).isEqualTo(first);
    assertThat(resolve(RecoveryTarget.xid("701", true)).backup()).isEqualTo(second);
  }

  @Test
  @DisplayName("T8: settings raised on the way are told")
  void parameterChanges() {
    image.parameterChange(50);
    backup(image, Timeline.FIRST, NOON, 700);
    image.parameterChange(200);
    image.commit(700, second(1));
    image.parameterChange(300);
    image.commit(701, second(2));

    assertThat(resolve(RecoveryTarget.xid("700", true)).parameterChanges())
        .extracting(WalEvent.ParameterChange::maxConnections)
        .containsExactly(200);
  }

  @Test
  void withoutABackupNothingIs() {
    image.commit(700, second(1));

    assertRefused(RecoveryTarget.latest(), Reason.NoBackup, "pgbackup backup");
  }
}
