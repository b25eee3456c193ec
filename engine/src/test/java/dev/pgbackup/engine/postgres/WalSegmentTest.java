package dev.pgbackup.engine.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("W1 a WAL segment is named as PostgreSQL names it, whatever its size")
class WalSegmentTest {

  private static final Timeline ONE = Timeline.FIRST;

  @Test
  void ofSixteenMebibytesThereAre256InALog() {
    WalSegment last = new WalSegment(ONE, Lsn.parse("0/FF000000"), WalSegmentSize.DEFAULT);
    assertThat(last.fileName()).isEqualTo("0000000100000000000000FF");
    assertThat(last.next().fileName()).isEqualTo("000000010000000100000000");
  }

  @Test
  void ofOneGibibyteThereAreFourInALog() {
    WalSegmentSize size = new WalSegmentSize(1 << 30);
    WalSegment last = WalSegment.containing(ONE, Lsn.parse("0/FFFFFFFF"), size);
    assertThat(last.fileName()).isEqualTo("000000010000000000000003");
    assertThat(last.next().fileName()).isEqualTo("000000010000000100000000");
  }

  @Test
  void ofOneMebibyteThereAre4096InALog() {
    WalSegmentSize size = new WalSegmentSize(1 << 20);
    assertThat(WalSegment.containing(ONE, Lsn.parse("2/FFF00000"), size).fileName())
        .isEqualTo("000000010000000200000FFF");
  }

  @Test
  void aNumberBeyondTheLogIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WalSegment.parse("000000010000000000000100", WalSegmentSize.DEFAULT));
  }

  @Property
  void aNameIsReadBack(@ForAll @IntRange(min = 20, max = 30) int power, @ForAll long position) {
    WalSegment segment =
        WalSegment.containing(
            new Timeline(0xAB), new Lsn(position), new WalSegmentSize(1 << power));
    assertThat(WalSegment.parse(segment.fileName(), segment.size())).isEqualTo(segment);
    assertThat(segment.start()).isLessThanOrEqualTo(new Lsn(position));
    assertThat(new Lsn(position).minus(segment.start())).isBetween(0L, segment.size().bytes() - 1L);
  }
}
