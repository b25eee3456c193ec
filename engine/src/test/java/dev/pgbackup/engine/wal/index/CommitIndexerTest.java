package dev.pgbackup.engine.wal.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.fs.DirectoryStore;
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

@DisplayName("The commit index, as it is written while WAL passes")
class CommitIndexerTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("0/5000000");
  private static final Xid NEXT = new Xid((2L << 32) + 700);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");
  private static final CommitIndexer.Pace AT_ONCE =
      new CommitIndexer.Pace(1, Duration.ZERO, 1 << 20);

  private @TempDir Path directory;
  private Archive archive;
  private final WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);

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

  private CommitIndexer indexer(Lsn from, CommitIndexer.Pace pace) {
    return new CommitIndexer(archive, Timeline.FIRST, from, NEXT, pace, Clock.systemUTC());
  }

  private List<IndexSpan> spans() {
    return new IndexObjects(archive).list(Timeline.FIRST, Lsn.ZERO);
  }

  private List<WalEvent> indexed() {
    List<WalEvent> events = new ArrayList<>();
    new CommitIndex(archive, new MemoryWal())
        .branch(TimelineHistory.root(Timeline.FIRST), START, NEXT)
        .visit(span -> true, event -> events.add(event.event()));
    return events;
  }

  @Test
  void neverRunsAheadOfDurableWal() {
    Lsn first = image.commit(700, NOON).end();
    image.commit(701, NOON);
    CommitIndexer indexer = indexer(START, AT_ONCE);
    byte[] wal = image.bytes();
    int cut = (int) first.minus(START);
    indexer.received(ByteBuffer.wrap(wal, 0, cut));
    indexer.received(ByteBuffer.wrap(wal, cut, wal.length - cut));
    assertThat(spans()).isEmpty();

    indexer.durable(first);

    assertThat(spans()).extracting(IndexSpan::to).containsExactly(first);
    indexer.durable(image.end());
    assertThat(spans()).extracting(IndexSpan::to).containsExactly(image.end());
  }

  @Test
  void coversOnlyWholeRecords() {
    Lsn first = image.commit(700, NOON).end();
    image.filler(701, 500);
    CommitIndexer indexer = indexer(START, AT_ONCE);
    byte[] wal = image.bytes();
    indexer.received(ByteBuffer.wrap(wal, 0, wal.length - 100));

    indexer.durable(START.plus(wal.length - 100L));

    assertThat(spans()).extracting(IndexSpan::to).containsExactly(first);
  }

  @Test
  void holdsWhatTheDecoderReported() {
    image.checkpoint(START, NEXT.value());
    image.commit(700, NOON, List.of(701L), List.of());
    image.restorePoint("before", NOON.plusMillis(5));
    image.parameterChange(300);
    CommitIndexer indexer = indexer(START, AT_ONCE);
    indexer.received(ByteBuffer.wrap(image.bytes()));
    indexer.durable(image.end());

    assertThat(indexed())
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Checkpoint", "Commit", "RestorePoint", "ParameterChange");
    assertThat(spans().get(0).contents())
        .containsExactlyInAnyOrder(
            IndexSpan.Content.RESTORE_POINTS, IndexSpan.Content.PARAMETER_CHANGES);
    assertThat(spans().get(0).transactions())
        .contains(new IndexSpan.Transactions(NEXT, new Xid(NEXT.value() + 1), NOON, NOON));
  }

  @Test
  void isOneObjectThatGrowsUntilItIsBigEnough() {
    CommitIndexer indexer = indexer(START, new CommitIndexer.Pace(1, Duration.ZERO, 500));
    int written = 0;
    int most = 0;
    for (int i = 0; i < 200; i++) {
      image.commit(700 + i, NOON.plusMillis(i));
      byte[] wal = image.bytes();
      indexer.received(ByteBuffer.wrap(wal, written, wal.length - written));
      written = wal.length;
      indexer.durable(image.end());
      most = Math.max(most, spans().size());
    }

    assertThat(most).isBetween(3, 10);
    assertThat(indexed()).hasSize(200);
  }

  @Test
  void isPublishedSeldomWhileLittleWalArrives() {
    CommitIndexer indexer = indexer(START, CommitIndexer.Pace.DEFAULT);
    image.commit(700, NOON);
    indexer.received(ByteBuffer.wrap(image.bytes()));
    indexer.durable(image.end());
    assertThat(spans()).isEmpty();

    indexer.close();

    assertThat(spans()).hasSize(1);
  }

  @Test
  void goesOnWhereAnEarlierWriterStopped() {
    image.commit(700, NOON);
    byte[] before = image.bytes();
    try (CommitIndexer first = indexer(START, AT_ONCE)) {
      first.received(ByteBuffer.wrap(before));
      first.durable(image.end());
    }
    image.commit(701, NOON);

    try (CommitIndexer second = indexer(START, AT_ONCE)) {
      second.received(ByteBuffer.wrap(image.bytes()));
      second.durable(image.end());
    }

    assertThat(spans()).hasSize(1);
    assertThat(indexed())
        .extracting(event -> ((WalEvent.Commit) event).xid().low())
        .containsExactly(700L, 701L);
  }

  @Test
  void leavesAHoleWhereTheWriterBeforeStoppedTooEarly() {
    image.commit(700, NOON);
    try (CommitIndexer first = indexer(START, AT_ONCE)) {
      first.received(ByteBuffer.wrap(image.bytes()));
      first.durable(image.end());
    }
    Lsn end = image.end();
    image.filler(701, 1 << 20);
    image.commit(702, NOON);
    Lsn segment = START.plus(1 << 20);
    byte[] wal = image.bytes();
    try (CommitIndexer second = indexer(segment, AT_ONCE)) {
      second.received(ByteBuffer.wrap(wal, 1 << 20, wal.length - (1 << 20)));
      second.durable(image.end());
    }

    assertThat(spans()).extracting(IndexSpan::from).containsExactly(START, segment);
    assertThat(spans()).extracting(IndexSpan::to).containsExactly(end, image.end());
  }

  @Test
  void endsQuietlyAtWhatIsNoWal() {
    image.commit(700, NOON);
    byte[] wal = image.bytes();
    byte[] garbage = new byte[50];
    garbage[0] = 1;
    CommitIndexer indexer = indexer(START, AT_ONCE);
    indexer.received(ByteBuffer.wrap(wal));
    indexer.received(ByteBuffer.wrap(garbage));
    indexer.received(ByteBuffer.wrap(garbage));
    indexer.durable(image.end().plus(100));

    assertThat(spans()).extracting(IndexSpan::to).containsExactly(image.end());
  }
}
