package dev.pgbackup.engine.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A history file tells the way to a timeline")
class TimelineHistoryTest {

  private static final Timeline FIVE = new Timeline(5);

  private final TimelineHistory history =
      TimelineHistory.parse(
          FIVE,
          """
          # a comment
          1\t0/3000110\tno recovery target specified

          3\t0/5000000\tbefore LSN 0/5000000
          """
              .getBytes(UTF_8));

  @Test
  void everyPositionLiesOnOneTimeline() {
    assertThat(history.timelineAt(Lsn.parse("0/300010F"))).isEqualTo(new Timeline(1));
    assertThat(history.timelineAt(Lsn.parse("0/3000110"))).isEqualTo(new Timeline(3));
    assertThat(history.timelineAt(Lsn.parse("0/5000000"))).isEqualTo(FIVE);
  }

  @Test
  void theSwitchPointItselfIsStillOnTheWay() {
    assertThat(history.passes(new Timeline(1), Lsn.parse("0/3000110"))).isTrue();
    assertThat(history.passes(new Timeline(1), Lsn.parse("0/3000111"))).isFalse();
    assertThat(history.passes(new Timeline(2), Lsn.parse("0/1000000"))).isFalse();
  }

  @Test
  void aTimelineBeginsWhereItLeftItsParent() {
    assertThat(history.begin()).contains(Lsn.parse("0/5000000"));
    assertThat(TimelineHistory.root(Timeline.FIRST).begin()).isEmpty();
  }

  @Test
  void linesThatAreNoneAreRefused() {
    for (String file : new String[] {"1", "x\t0/1\t", "1\t0-1\t", "5\t0/1\t", "2\t0/1\n2\t0/2"}) {
      assertThatIllegalArgumentException()
          .as(file)
          .isThrownBy(() -> TimelineHistory.parse(FIVE, file.getBytes(UTF_8)));
    }
  }
}
