package dev.pgbackup.engine.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Ancestor;
import dev.pgbackup.engine.postgres.TimelineHistory.Stretch;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The files of WAL that a replay reads")
class WalPathTest {

  private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
  private static final Timeline TWO = new Timeline(2);
  private static final Timeline FOUR = new Timeline(4);
  private static final TimelineHistory HISTORY =
      new TimelineHistory(
          FOUR,
          List.of(
              new Ancestor(Timeline.FIRST, Lsn.parse("0/280000")),
              new Ancestor(TWO, Lsn.parse("0/400000"))));

  private static WalPath path(String from, String to) {
    return new WalPath(HISTORY, Lsn.parse(from), Lsn.parse(to), SIZE);
  }

  private static List<String> files(WalPath path) {
    List<String> names = new ArrayList<>();
    Optional<WalSegment> file = Optional.of(path.first());
    while (file.isPresent()) {
      names.add(file.get().fileName());
      file = path.next(file.get());
    }
    return names;
  }

  @Test
  @DisplayName("T7: where a timeline begins within a segment the newer timeline's file is read")
  void followTheTimelines() {
    WalPath path = path("0/100028", "0/480000");

    assertThat(files(path))
        .containsExactly(
            "000000010000000000000001",
            "000000020000000000000002",
            "000000020000000000000003",
            "000000040000000000000004");
    assertThat(path.count()).isEqualTo(4);
    assertThat(path.bytes()).isEqualTo(0x480000 - 0x100028);
  }

  @Test
  void endWithTheLastByteThatIsReplayed() {
    assertThat(files(path("0/100028", "0/200000"))).containsExactly("000000010000000000000001");
    assertThat(files(path("0/100028", "0/200001")))
        .containsExactly("000000010000000000000001", "000000020000000000000002");
  }

  @Test
  void areTheOnlyOnesThatItContains() {
    WalPath path = path("0/100028", "0/480000");

    assertThat(path.contains(WalSegment.parse("000000020000000000000002", SIZE))).isTrue();
    assertThat(path.contains(WalSegment.parse("000000010000000000000002", SIZE))).isFalse();
    assertThat(path.contains(WalSegment.parse("000000010000000000000000", SIZE))).isFalse();
    assertThat(path.contains(WalSegment.parse("000000040000000000000005", SIZE))).isFalse();
  }

  @Test
  void lieOnStretchesOfTimelines() {
    assertThat(path("0/100028", "0/300000").stretches())
        .containsExactly(
            new Stretch(Timeline.FIRST, Lsn.parse("0/100028"), Optional.of(Lsn.parse("0/280000"))),
            new Stretch(TWO, Lsn.parse("0/280000"), Optional.of(Lsn.parse("0/300000"))));
  }

  @Test
  void knowWhoseHistoryMayBeAskedFor() {
    WalPath path = path("0/100028", "0/480000");

    assertThat(path.passes(Timeline.FIRST)).isTrue();
    assertThat(path.passes(TWO)).isTrue();
    assertThat(path.passes(new Timeline(3))).isFalse();
    assertThat(path.passes(FOUR)).isTrue();
  }

  @Test
  void cannotBeNone() {
    assertThatThrownBy(() -> path("0/100028", "0/100028"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
