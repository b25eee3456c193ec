package dev.pgbackup.engine.wal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

@Label("The decoder of WAL, whatever it is fed")
class WalDecoderPropertiesTest {

  private static final WalSegmentSize MEBIBYTE = new WalSegmentSize(1 << 20);
  private static final Lsn START = Lsn.parse("1/FFF00000");

  @Property(tries = 150)
  void aCutInAnyPlacesChangesNothing(
      @ForAll long seed,
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 20_000) Integer> cuts) {
    byte[] wal = wal(seed).bytes();

    List<WalEvent> whole = new ArrayList<>();
    decoder(whole).accept(ByteBuffer.wrap(wal));
    List<WalEvent> pieces = new ArrayList<>();
    WalDecoder decoder = decoder(pieces);
    int position = 0;
    for (int i = 0; position < wal.length; i++) {
      int wanted = cuts.isEmpty() ? wal.length : cuts.get(i % cuts.size());
      int length = Math.min(wanted, wal.length - position);
      decoder.accept(ByteBuffer.wrap(wal, position, length).slice().asReadOnlyBuffer());
      position += length;
    }

    assertThat(pieces).isEqualTo(whole);
    assertThat(decoder.position()).isEqualTo(START.plus(wal.length));
  }

  @Property(tries = 150)
  void everyEventIsReportedOnce(@ForAll long seed) {
    WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
    List<RecordLocation> written = write(image, seed);

    List<WalEvent> events = new ArrayList<>();
    decoder(events).accept(ByteBuffer.wrap(image.bytes()));

    assertThat(events).extracting(WalEvent::location).isEqualTo(written);
  }

  @Property(tries = 400)
  void damageIsAWalFormatExceptionOrTheEndNothingElse(
      @ForAll long seed,
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 1 << 20) Integer> where) {
    byte[] wal = wal(seed).bytes();
    Random random = new Random(seed);
    for (int at : where) {
      wal[at % wal.length] = (byte) random.nextInt();
    }

    decodeQuietly(wal);
  }

  @Property(tries = 400)
  void garbageIsAWalFormatExceptionOrTheEndNothingElse(@ForAll byte[] garbage) {
    decodeQuietly(garbage);
  }

  @Property(tries = 300)
  void aRecordFullOfGarbageIsAWalFormatExceptionOrNothing(
      @ForAll @IntRange(max = 24) int manager,
      @ForAll @IntRange(max = 255) int info,
      @ForAll byte[] data) {
    WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
    image.insertBytes(manager, info, 700, data);

    decodeQuietly(image.bytes());
  }

  private static void decodeQuietly(byte[] wal) {
    try {
      decoder(new ArrayList<>()).accept(ByteBuffer.wrap(wal));
    } catch (WalFormatException e) {
      assertThat(e.position().minus(START)).isBetween(0L, (long) wal.length);
    }
  }

  private static WalDecoder decoder(List<WalEvent> events) {
    return new WalDecoder(new WalFormat(16, MEBIBYTE), START, new Xid(700), events::add);
  }

  private static WalImage wal(long seed) {
    WalImage image = new WalImage(16, MEBIBYTE, Timeline.FIRST, START);
    write(image, seed);
    return image;
  }

  private static List<RecordLocation> write(WalImage image, long seed) {
    Random random = new Random(seed);
    List<RecordLocation> interesting = new ArrayList<>();
    Instant time = Instant.parse("2026-11-22T12:00:00Z");
    long xid = 700;
    for (int i = 0; i < 60; i++) {
      xid++;
      time = time.plusMillis(random.nextInt(1000) - 200);
      switch (random.nextInt(9)) {
        case 0 -> interesting.add(image.abort(xid, time, List.of(xid - 1)));
        case 1 -> interesting.add(image.restorePoint("p" + i, time));
        case 2 -> interesting.add(image.prepare(xid, time, "g" + i));
        case 3 -> image.filler(xid, random.nextInt(30_000));
        case 4 -> {
          if (random.nextInt(20) == 0) {
            interesting.add(image.segmentSwitch());
          }
        }
        case 5 -> {
          if (random.nextInt(5) == 0) {
            interesting.add(image.crashWithin(8200 + random.nextInt(20_000)));
          }
        }
        default -> interesting.add(image.commit(xid, time));
      }
    }
    return interesting;
  }
}
