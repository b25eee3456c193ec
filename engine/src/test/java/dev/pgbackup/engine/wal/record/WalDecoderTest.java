package dev.pgbackup.engine.wal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The decoder of WAL")
class WalDecoderTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("0/5000000");
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  private final List<WalEvent> events = new ArrayList<>();
  private final WalImage image = image(18);

  private static WalImage image(int major) {
    return new WalImage(major, MEBIBYTE, Timeline.FIRST, START);
  }

  private WalDecoder decoder(int major, Lsn from, Xid nextXid) {
    return new WalDecoder(new WalFormat(major, MEBIBYTE), from, nextXid, events::add);
  }

  private WalDecoder decode(WalImage wal, int major) {
    WalDecoder decoder = decoder(major, wal.start(), new Xid(700));
    decoder.accept(ByteBuffer.wrap(wal.bytes()));
    return decoder;
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void reportsWhatEndedWhereOnEveryMajorVersion(int major) {
    WalImage wal = image(major);
    RelationFile file = new RelationFile(1663, 5, 16384);
    RecordLocation commit = wal.commit(701, NOON, List.of(702L, 703L), List.of(file));
    RecordLocation abort = wal.abort(704, NOON, List.of());
    RecordLocation prepare = wal.prepare(705, NOON, "transfer-1");
    RecordLocation prepared = wal.commitPrepared(705, NOON);
    RecordLocation point = wal.restorePoint("before_migration", NOON);
    RecordLocation drop = wal.databaseDrop(706, 16390);
    RecordLocation change = wal.parameterChange(250);

    decode(wal, major);

    assertThat(events)
        .containsExactly(
            new WalEvent.Commit(
                commit,
                new Xid(701),
                List.of(new Xid(702), new Xid(703)),
                NOON,
                false,
                List.of(file)),
            new WalEvent.Abort(abort, new Xid(704), List.of(), NOON, false, List.of()),
            new WalEvent.Prepare(prepare, new Xid(705), List.of(), NOON, "transfer-1"),
            new WalEvent.Commit(prepared, new Xid(705), List.of(), NOON, true, List.of()),
            new WalEvent.RestorePoint(point, "before_migration", NOON),
            new WalEvent.DatabaseDrop(drop, new Xid(706), 16390),
            new WalEvent.ParameterChange(change, 250, 8, 10, 0, 64));
  }

  @Test
  void goesOnAcrossPagesAndSegments() {
    image.filler(700, 3 << 20);
    RecordLocation commit = image.commit(701, NOON);

    WalDecoder decoder = decode(image, 18);

    assertThat(events).extracting(WalEvent::location).containsExactly(commit);
    assertThat(decoder.decodedTo()).isEqualTo(image.end());
    assertThat(decoder.lastRecord()).contains(commit.start());
  }

  @Test
  void beginsInTheMiddleOfARecordAndSkipsWhatIsLeftOfIt() {
    image.filler(700, 30_000);
    RecordLocation commit = image.commit(701, NOON);
    byte[] wal = image.bytes();

    WalDecoder decoder = decoder(18, START.plus(2 * 8192), new Xid(700));
    decoder.accept(ByteBuffer.wrap(wal, 2 * 8192, wal.length - 2 * 8192));

    assertThat(events).extracting(WalEvent::location).containsExactly(commit);
  }

  @Test
  void leavesOutWhatFollowsASegmentSwitch() {
    image.commit(701, NOON);
    RecordLocation segmentSwitch = image.segmentSwitch();
    RecordLocation commit = image.commit(702, NOON);

    decode(image, 18);

    assertThat(events).hasSize(3);
    assertThat(events.get(1).location()).isEqualTo(segmentSwitch);
    assertThat(segmentSwitch.end()).isEqualTo(Lsn.parse("0/5100000"));
    assertThat(events.get(2).location()).isEqualTo(commit);
    assertThat(commit.start()).isEqualTo(Lsn.parse("0/5100028"));
  }

  @Test
  void forgetsARecordThatACrashCutOff() {
    RecordLocation before = image.commit(701, NOON);
    RecordLocation overwrite = image.crashWithin(20_000);
    RecordLocation commit = image.commit(702, NOON);

    decode(image, 18);

    assertThat(events).extracting(WalEvent::location).containsExactly(before, overwrite, commit);
    assertThat(events.get(1)).isEqualTo(new WalEvent.OverwrittenRecord(overwrite, before.end()));
  }

  @Test
  void seesTheEndOfWalWhereZerosBegin() {
    RecordLocation commit = image.commit(701, NOON);
    WalDecoder decoder = decode(image, 18);
    assertThat(decoder.endOfWal()).isEmpty();

    decoder.accept(ByteBuffer.allocate(20_000));

    assertThat(decoder.endOfWal()).contains(commit.end());
    assertThat(events).hasSize(1);
  }

  @Test
  void givesTransactionIdsTheirEpochByTheLastCheckpoint() {
    long epoch = 3L << 32;
    image.commit(0xFFFFFFF0L, NOON);
    image.checkpoint(START, epoch + 3);
    image.commit(0xFFFFFFF5L, NOON);
    image.commit(7, NOON);

    WalDecoder decoder = decoder(18, START, new Xid(epoch - 100));
    decoder.accept(ByteBuffer.wrap(image.bytes()));

    assertThat(events)
        .filteredOn(WalEvent.Commit.class::isInstance)
        .extracting(event -> ((WalEvent.Commit) event).xid())
        .containsExactly(new Xid(epoch - 16), new Xid(epoch - 11), new Xid(epoch + 7));
    assertThat(decoder.nextXid()).isEqualTo(new Xid(epoch + 8));
  }

  @Test
  void correctsAWrongEpochAtTheFirstCheckpoint() {
    long epoch = 3L << 32;
    image.checkpoint(START, epoch + 800);
    image.commit(801, NOON);

    decode(image, 18);

    assertThat(((WalEvent.Commit) events.get(1)).xid()).isEqualTo(new Xid(epoch + 801));
  }

  @Test
  void refusesARecordWhoseChecksumIsWrong() {
    RecordLocation good = image.commit(701, NOON);
    RecordLocation bad = image.commit(702, NOON);
    byte[] wal = image.bytes();
    wal[(int) bad.start().minus(START) + 30] ^= 1;

    WalDecoder decoder = decoder(18, START, new Xid(700));

    assertThatThrownBy(() -> decoder.accept(ByteBuffer.wrap(wal)))
        .isInstanceOf(WalFormatException.class)
        .hasMessageContaining("checksum");
    assertThat(events).extracting(WalEvent::location).containsExactly(good);
    assertThat(decoder.decodedTo()).isEqualTo(good.end());
    assertThatThrownBy(() -> decoder.accept(ByteBuffer.allocate(1)))
        .isInstanceOf(WalFormatException.class);
  }

  @Test
  void refusesWhatARecycledSegmentStillHolds() {
    image.filler(700, 8192);
    byte[] wal = image.bytes();

    assertThatThrownBy(
            () -> decoder(18, START.plus(1 << 20), new Xid(700)).accept(ByteBuffer.wrap(wal)))
        .isInstanceOf(WalFormatException.class)
        .hasMessageContaining("another position");
  }

  @Test
  void refusesAnotherMajorVersion() {
    image.commit(701, NOON);

    assertThatThrownBy(() -> decode(image, 17))
        .isInstanceOf(WalFormatException.class)
        .hasMessageContaining("PostgreSQL 17");
  }

  @Test
  void refusesARecordThatDoesNotFollowTheOneBefore() {
    image.commit(701, NOON);
    image.pointBackTo(START);
    image.commit(702, NOON);

    assertThatThrownBy(() -> decode(image, 18))
        .isInstanceOf(WalFormatException.class)
        .hasMessageContaining("points back");
    assertThat(events).hasSize(1);
  }
}
