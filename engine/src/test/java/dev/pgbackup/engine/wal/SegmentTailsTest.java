package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What an archive has of a segment, sorted out")
class SegmentTailsTest {

  private static final WalSegment SEGMENT =
      new WalSegment(Timeline.FIRST, new Lsn(1 << 20), new WalSegmentSize(1 << 20));

  private static WalObject tail(int from, int to) {
    return new WalObject(
        SEGMENT + ".tail/" + from + "-" + to,
        SEGMENT,
        SEGMENT.start().plus(from),
        SEGMENT.start().plus(to));
  }

  private static final WalObject SEALED =
      new WalObject(SEGMENT.fileName(), SEGMENT, SEGMENT.start(), SEGMENT.end());

  @Test
  void tailsThatFollowEachOther() {
    SegmentTails tails = SegmentTails.of(SEGMENT, List.of(tail(0, 10), tail(10, 30), tail(30, 31)));
    assertThat(tails.inOrder()).containsExactly(tail(0, 10), tail(10, 30), tail(30, 31));
    assertThat(tails.end(SEGMENT)).isEqualTo(SEGMENT.start().plus(31));
    assertThat(tails.useless()).isEmpty();
    assertThat(tails.sealed()).isFalse();
  }

  @Test
  void theBiggerOneCountsThatAMergeWrote() {
    SegmentTails tails =
        SegmentTails.of(SEGMENT, List.of(tail(0, 10), tail(0, 30), tail(10, 30), tail(30, 31)));
    assertThat(tails.inOrder()).containsExactly(tail(0, 30), tail(30, 31));
    assertThat(tails.useless()).containsExactlyInAnyOrder(tail(0, 10), tail(10, 30));
  }

  @Test
  void whatLiesBehindAHoleIsLeftAlone() {
    SegmentTails tails = SegmentTails.of(SEGMENT, List.of(tail(0, 10), tail(20, 30)));
    assertThat(tails.inOrder()).containsExactly(tail(0, 10));
    assertThat(tails.useless()).isEmpty();
  }

  @Test
  void tailsOfASealedSegmentAreUseless() {
    SegmentTails tails = SegmentTails.of(SEGMENT, List.of(SEALED, tail(0, 10), tail(20, 30)));
    assertThat(tails.sealed()).isTrue();
    assertThat(tails.inOrder()).isEmpty();
    assertThat(tails.useless()).containsExactly(tail(0, 10), tail(20, 30));
  }

  @Test
  void nothing() {
    SegmentTails tails = SegmentTails.of(SEGMENT, List.of());
    assertThat(tails.inOrder()).isEmpty();
    assertThat(tails.end(SEGMENT)).isEqualTo(SEGMENT.start());
  }
}
