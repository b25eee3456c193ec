package dev.pgbackup.engine.wal.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.record.WalImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The commit index, as it is read")
class CommitIndexTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("0/FFE00000");
  private static final Timeline TWO = new Timeline(2);
  private static final Xid NEXT = new Xid(700);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  private @TempDir Path directory;
  private Archive archive;
  private final WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
  private final MemoryWal wal = new MemoryWal();

  @BeforeEach
  void begin() {
    archive =
        Archive.openOrCreate(
            DirectoryStore.open(directory),
            new SystemIdentifier(7312345678901234567L),
            16,
            MEBIBYTE,
            1);
  }

  private void index(Timeline timeline, WalImage wal, Lsn from, Lsn to) {
    CommitIndexer.Pace pace = new CommitIndexer.Pace(1, Duration.ZERO, 1 << 20);
    try (CommitIndexer indexer =
        new CommitIndexer(archive, timeline, from, NEXT, pace, Clock.systemUTC())) {
      int offset = (int) from.minus(wal.start());
      indexer.received(ByteBuffer.wrap(wal.bytes(), offset, (int) to.minus(from)));
      indexer.durable(to);
    }
  }

  private IndexedBranch branch(TimelineHistory history, Lsn from) {
    return new CommitIndex(archive, wal).branch(history, from, NEXT);
  }

  private IndexedBranch branch() {
    return branch(TimelineHistory.root(Timeline.FIRST), START);
  }

  private static List<Lsn> events(IndexedBranch branch) {
    List<Lsn> starts = new ArrayList<>();
    branch.visit(span -> true, event -> starts.add(event.event().start()));
    return starts;
  }

  @Test
  void needsNoWalWhereItCovers() {
    RecordLocation commit = image.commit(700, NOON);
    index(Timeline.FIRST, image, START, image.end());

    IndexedBranch branch = branch();

    assertThat(branch.end()).isEqualTo(image.end());
    assertThat(events(branch)).containsExactly(commit.start());
    assertThat(branch.nextXidAtEnd()).isEqualTo(new Xid(701));
  }

  @Test
  void readsTheWalBehindItsEnd() {
    RecordLocation indexed = image.commit(700, NOON);
    index(Timeline.FIRST, image, START, image.end());
    RecordLocation newest = image.commit(701, NOON);
    wal.with(Timeline.FIRST, image);

    IndexedBranch branch = branch();

    assertThat(branch.end()).isEqualTo(image.end());
    assertThat(events(branch)).containsExactly(indexed.start(), newest.start());
  }

  @Test
  @DisplayName("W1: goes on across the boundary of a log")
  void acrossALogBoundary() {
    image.filler(700, 3 << 20);
    RecordLocation commit = image.commit(701, NOON);
    assertThat(commit.start()).isGreaterThan(Lsn.parse("1/0"));
    index(Timeline.FIRST, image, START, image.end());

    assertThat(events(branch())).containsExactly(commit.start());
  }

  @Test
  void fillsAHoleInTheMiddleAndPublishesIt() {
    image.commit(700, NOON);
    Lsn first = image.end();
    RecordLocation hidden = image.commit(701, NOON);
    image.filler(702, 1 << 20);
    image.commit(703, NOON);
    index(Timeline.FIRST, image, START, first);
    index(Timeline.FIRST, image, START.plus(1 << 20), image.end());
    wal.with(Timeline.FIRST, image);

    assertThat(events(branch())).hasSize(3).contains(hidden.start());
    long read = wal.bytesRead();
    assertThat(events(branch())).hasSize(3).contains(hidden.start());
    assertThat(wal.bytesRead()).as("bytes read a second time").isEqualTo(read);
  }

  @Test
  void endsWhereTheArchiveHasAGap() {
    image.commit(700, NOON);
    Lsn first = image.end();
    image.filler(702, 1 << 20);
    image.commit(703, NOON);
    index(Timeline.FIRST, image, START, first);
    index(Timeline.FIRST, image, START.plus(1 << 20), image.end());

    IndexedBranch branch = branch();

    assertThat(branch.end()).isEqualTo(first);
    assertThat(events(branch)).hasSize(1);
  }

  @Test
  void followsATimelineToItsChild() {
    RecordLocation common = image.commit(700, NOON);
    Lsn switchPoint = image.end();
    WalImage child = image.promoted(TWO);
    RecordLocation abandoned = image.commit(701, NOON);
    child.endOfRecovery(Timeline.FIRST, NOON);
    RecordLocation live = child.commit(701, NOON);
    index(Timeline.FIRST, image, START, image.end());
    index(TWO, child, START, child.end());
    TimelineHistory history =
        new TimelineHistory(
            TWO, List.of(new TimelineHistory.Ancestor(Timeline.FIRST, switchPoint)));

    IndexedBranch branch = branch(history, START);

    assertThat(events(branch)).hasSize(3).startsWith(common.start()).endsWith(live.start());
    assertThat(branch.timelineAt(common.start())).isEqualTo(Timeline.FIRST);
    assertThat(branch.timelineAt(live.start())).isEqualTo(TWO);
    assertThat(events(branch())).containsExactly(common.start(), abandoned.start());
  }

  @Test
  void findsTheEndOfAParentInItsChildsFirstSegment() {
    RecordLocation early = image.commit(700, NOON);
    Lsn archived = image.end();
    RecordLocation late = image.commit(701, NOON);
    WalImage child = image.promoted(TWO);
    child.endOfRecovery(Timeline.FIRST, NOON);
    index(Timeline.FIRST, image, START, archived);
    wal.with(TWO, child);
    TimelineHistory history =
        new TimelineHistory(
            TWO, List.of(new TimelineHistory.Ancestor(Timeline.FIRST, image.end())));

    IndexedBranch branch = branch(history, START);

    assertThat(events(branch)).startsWith(early.start(), late.start());
    assertThat(branch.timelineAt(late.start())).isEqualTo(TWO);
  }

  @Test
  void readsTheWalWhenAnObjectIsDamaged() {
    RecordLocation commit = image.commit(700, NOON);
    index(Timeline.FIRST, image, START, image.end());
    wal.with(Timeline.FIRST, image);
    IndexObjects objects = new IndexObjects(archive);
    archive
        .store()
        .put(
            objects.key(objects.list(Timeline.FIRST, START).get(0)),
            List.of(ByteBuffer.wrap(new byte[] {1, 2, 3})),
            ObjectAttributes.NONE,
            PutOptions.when(PutCondition.always()));

    assertThat(events(branch())).containsExactly(commit.start());
  }

  @Test
  void findsTheBiggerObjectThatReplacedOneMeanwhile() {
    RecordLocation first = image.commit(700, NOON);
    index(Timeline.FIRST, image, START, image.end());
    IndexedBranch branch = branch();
    image.commit(701, NOON);
    index(Timeline.FIRST, image, START, image.end());

    assertThat(events(branch)).containsExactly(first.start());
  }

  @Test
  void readsOnlyTheSpansThatMayHoldIt() {
    CommitIndexer.Pace pace = new CommitIndexer.Pace(1, Duration.ZERO, 100);
    try (CommitIndexer indexer =
        new CommitIndexer(archive, Timeline.FIRST, START, NEXT, pace, Clock.systemUTC())) {
      int written = 0;
      for (int i = 0; i < 100; i++) {
        image.commit(700 + i, NOON.plusSeconds(i));
        byte[] bytes = image.bytes();
        indexer.received(ByteBuffer.wrap(bytes, written, bytes.length - written));
        written = bytes.length;
        indexer.durable(image.end());
      }
    }
    IndexedBranch branch = branch();
    List<IndexSpan> asked = new ArrayList<>();

    BranchEvent found =
        branch
            .first(
                span -> {
                  boolean worth = span.transactions().orElseThrow().mayHold(new Xid(750));
                  if (worth) {
                    asked.add(span);
                  }
                  return worth;
                },
                event -> event instanceof WalEvent.Commit c && c.xid().equals(new Xid(750)))
            .orElseThrow();

    assertThat(found.event().start()).isBetween(START, image.end());
    assertThat(branch.spans()).hasSizeGreaterThan(5);
    assertThat(asked).hasSize(1);
  }

  @Test
  void findsRecordsThatItDoesNotHoldInTheWal() {
    image.commit(700, NOON);
    RecordLocation filler = image.filler(701, 100);
    RecordLocation last = image.filler(702, 20_000);
    index(Timeline.FIRST, image, START, image.end());
    wal.with(Timeline.FIRST, image);
    IndexedBranch branch = branch();

    assertThat(branch.firstRecordFrom(filler.start()).orElseThrow().location()).isEqualTo(filler);
    assertThat(branch.firstRecordFrom(filler.start().plus(1)).orElseThrow().location())
        .isEqualTo(last);
    assertThat(branch.firstRecordFrom(last.start().plus(1))).isEmpty();
    assertThat(branch.lastRecordUpTo(last.start()).orElseThrow().location()).isEqualTo(filler);
    assertThat(branch.lastRecordUpTo(image.end()).orElseThrow().location()).isEqualTo(last);
  }
}
