package dev.pgbackup.engine.wal.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.RelationFile;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The bytes of a span, which docs/archive-format.md describes")
class SpanCodecTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");
  private static final Lsn FROM = Lsn.parse("0/5000028");
  private static final Xid NEXT = new Xid(700);

  /** Written by hand from the description of version 1.0. */
  private static final String GOLDEN =
      "50474258" // magic
          + "0001" // major version
          + "0000" // minor version
          + "00000038" // bytes of the header
          + "00000001" // timeline
          + "0000000005000028" // from
          + "0000000005000128" // to
          + "00000000000002BC" // next transaction id at from: 700
          + "00000000000002BE" // next transaction id at to: 702
          + "00000000050000F0" // start of the last record
          // a commit at 0/5000028 of 0x40 bytes, 0x38 behind the one before; no flags; xid +700;
          // time in microseconds
          + "01"
          + "0E"
          + "00"
          + "40"
          + "38"
          + "00"
          + "F80A"
          + "80C996C4DFF68103"
          // a restore point 0xC8 further, of 0x38 bytes, 0x18 behind the one before; one second
          // later; "go"
          + "04"
          + "0A"
          + "C801"
          + "38"
          + "18"
          + "80897A"
          + "02"
          + "676F";

  private static RecordLocation at(String start, int length, int back) {
    Lsn lsn = Lsn.parse(start);
    return new RecordLocation(lsn, lsn.plus(length), lsn.plus(-back));
  }

  private static SpanBuilder builder() {
    SpanBuilder builder = new SpanBuilder(Timeline.FIRST, FROM, NEXT);
    builder.add(
        new WalEvent.Commit(
            at("0/5000028", 0x40, 0x38), new Xid(700), List.of(), NOON, false, List.of()));
    builder.add(new WalEvent.RestorePoint(at("0/50000F0", 0x38, 0x18), "go", NOON.plusSeconds(1)));
    builder.coverTo(Lsn.parse("0/5000128"), Lsn.parse("0/50000F0"), new Xid(702));
    return builder;
  }

  @Test
  void areAsDescribed() {
    byte[] plain = builder().build().plain();

    assertThat(HexFormat.of().withUpperCase().formatHex(plain)).isEqualTo(GOLDEN);
  }

  @Test
  void areReadAsDescribed() {
    IndexSpan span = builder().build().span();

    SpanContent content =
        SpanCodec.decode(new EncodedSpan(span, HexFormat.of().parseHex(GOLDEN)), "golden");

    assertThat(content.nextXidAtFrom()).isEqualTo(NEXT);
    assertThat(content.nextXidAtTo()).isEqualTo(new Xid(702));
    assertThat(content.lastRecordStart()).isEqualTo(Lsn.parse("0/50000F0"));
    assertThat(content.events())
        .containsExactly(
            new WalEvent.Commit(
                at("0/5000028", 0x40, 0x38), new Xid(700), List.of(), NOON, false, List.of()),
            new WalEvent.RestorePoint(at("0/50000F0", 0x38, 0x18), "go", NOON.plusSeconds(1)));
  }

  @Test
  void keepEveryKindOfEvent() {
    List<WalEvent> events =
        List.of(
            new WalEvent.Commit(
                at("0/5000028", 64, 56),
                new Xid((1L << 32) + 700),
                List.of(new Xid((1L << 32) + 701), new Xid((1L << 32) + 699)),
                NOON,
                true,
                List.of(new RelationFile(1663, -5, 16384))),
            new WalEvent.Abort(
                at("0/5000068", 64, 64),
                new Xid((1L << 32) - 2),
                List.of(new Xid(5)),
                NOON.minusSeconds(3600),
                false,
                List.of()),
            new WalEvent.Prepare(
                at("0/50000A8", 64, 64), new Xid(702), List.of(new Xid(703)), NOON, "é"),
            new WalEvent.RestorePoint(at("0/50000F0", 64, 72), "vor Ümzug", NOON),
            new WalEvent.Checkpoint(
                at("0/5000130", 64, 64), true, FROM, new Timeline(3), new Timeline(2), new Xid(9)),
            new WalEvent.EndOfRecovery(
                at("0/5000170", 64, 64), new Timeline(3), new Timeline(2), NOON),
            new WalEvent.DatabaseDrop(at("0/50001B0", 64, 64), new Xid(704), 16390),
            new WalEvent.ParameterChange(at("0/50001F0", 64, 64), 100, 8, 10, 0, 64),
            new WalEvent.BackupEnd(at("0/5000230", 64, 64), Lsn.parse("0/4000028")));
    SpanBuilder builder = new SpanBuilder(Timeline.FIRST, FROM, NEXT);
    events.forEach(builder::add);
    builder.coverTo(Lsn.parse("0/5000270"), Lsn.parse("0/5000230"), NEXT);

    assertThat(SpanCodec.decode(builder.build(), "test").events()).isEqualTo(events);
  }

  @Test
  void mayHoldKindsOfALaterMinorVersion() {
    EncodedSpan span = builder().build();
    byte[] more = Arrays.copyOf(span.plain(), span.plain().length + 6);
    byte[] unknown = {77, 4, 8, 16, 8, 99};
    System.arraycopy(unknown, 0, more, span.plain().length, 6);
    more[7] = 9;

    assertThat(SpanCodec.decode(new EncodedSpan(span.span(), more), "test").events()).hasSize(2);
  }

  @Test
  void areRefusedInALaterMajorVersion() {
    EncodedSpan span = builder().build();
    span.plain()[5] = 2;

    assertThatThrownBy(() -> SpanCodec.decode(span, "index/1"))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UnsupportedArchiveVersion));
  }

  @Test
  void areCalledDamagedWhenTheyAreCutOff() {
    EncodedSpan span = builder().build();
    for (int length = 0; length < span.plain().length; length++) {
      EncodedSpan cut = new EncodedSpan(span.span(), Arrays.copyOf(span.plain(), length));
      if (length == 56 || length == 56 + 16) {
        continue;
      }
      assertThatThrownBy(() -> SpanCodec.decode(cut, "index/1"))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ArchiveDamaged));
    }
  }

  @Test
  void areNamedByWhatTheyHold() {
    IndexSpan span = builder().build().span();
    ArchiveLayout layout = new ArchiveLayout(ArchiveId.parse("7312345678901234567-1"));

    String key = span.key(layout);

    assertThat(key)
        .isEqualTo(
            "7312345678901234567-1/index/00000001/00000000/0000000005000028-0000000005000128"
                + ".01.00000000000002BC-00000000000002BC.000303DAFC42D240-000303DAFC42D240");
    assertThat(IndexSpan.parse(key, Timeline.FIRST)).contains(span);
  }

  @Test
  void areNamedShortlyWhenNoTransactionEnded() {
    SpanBuilder builder = new SpanBuilder(Timeline.FIRST, FROM, NEXT);
    builder.coverTo(FROM.plus(16), FROM, NEXT);
    IndexSpan span = builder.build().span();
    ArchiveLayout layout = new ArchiveLayout(ArchiveId.parse("7312345678901234567-1"));

    String key = span.key(layout);

    assertThat(key).endsWith("/0000000005000028-0000000005000038.00");
    assertThat(IndexSpan.parse(key, Timeline.FIRST)).contains(span);
    assertThat(IndexSpan.parse(key + ".x", Timeline.FIRST)).isEmpty();
  }
}
