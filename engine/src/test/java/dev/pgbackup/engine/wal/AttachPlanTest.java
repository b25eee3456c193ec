package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Ancestor;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.AttachPlan.Leg;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is to be archived of a server, given what the archive has")
class AttachPlanTest {

  private static final Timeline ONE = new Timeline(1);
  private static final Timeline TWO = new Timeline(2);
  private static final Timeline THREE = new Timeline(3);
  private static final WalSegmentSize SIZE = WalSegmentSize.DEFAULT;

  private static final TimelineHistory HISTORY =
      new TimelineHistory(
          THREE, List.of(new Ancestor(ONE, lsn("0/5400000")), new Ancestor(TWO, lsn("0/7000000"))));

  private static Lsn lsn(String text) {
    return Lsn.parse(text);
  }

  private static AttachPlan plan(
      TimelineHistory history, Map<Timeline, Lsn> archived, String tip, String kept) {
    return AttachPlan.of(
        history,
        timeline -> Optional.ofNullable(archived.get(timeline)),
        new WalTip(history.timeline(), lsn(tip)),
        lsn(kept),
        SIZE);
  }

  private static Leg leg(Timeline timeline, String start, String known, Timeline on, String end) {
    return new Leg(timeline, lsn(start), lsn(known), on, Optional.ofNullable(end).map(Lsn::parse));
  }

  @Test
  void aNewArchiveBeginsWithTheSegmentThatTheServerKeeps() {
    assertThat(plan(TimelineHistory.root(ONE), Map.of(), "0/9123456", "0/8654321").legs())
        .containsExactly(leg(ONE, "0/8000000", "0/8000000", ONE, null));
  }

  @Test
  void aNewArchiveOfAPromotedServerMayBeginOnItsParent() {
    assertThat(plan(HISTORY, Map.of(), "0/9123456", "0/6654321").legs())
        .containsExactly(
            leg(TWO, "0/6000000", "0/6000000", TWO, "0/7000000"),
            leg(THREE, "0/7000000", "0/7000000", TWO, null));
  }

  @Test
  void anArchiveIsContinuedFromTheStartOfTheSegmentOfItsLastByte() {
    assertThat(
            plan(TimelineHistory.root(ONE), Map.of(ONE, lsn("0/8654321")), "0/9123456", "0/8654321")
                .legs())
        .containsExactly(leg(ONE, "0/8000000", "0/8654321", ONE, null));
  }

  @Test
  void atABoundaryTheSegmentBeforeIsCompared() {
    assertThat(
            plan(TimelineHistory.root(ONE), Map.of(ONE, lsn("0/9000000")), "0/9123456", "0/8FFFFFF")
                .legs())
        .containsExactly(leg(ONE, "0/8000000", "0/9000000", ONE, null));
  }

  @Test
  void atTheBeginningOfALog() {
    assertThat(
            plan(TimelineHistory.root(ONE), Map.of(ONE, lsn("1/0")), "1/123456", "0/FFFFFFFF")
                .legs())
        .containsExactly(leg(ONE, "0/FF000000", "1/0", ONE, null));
  }

  @Test
  @DisplayName("W2: the rest of the old timeline, then the new one from the start of its segment")
  void aPromotionIsFollowed() {
    assertThat(plan(HISTORY, Map.of(TWO, lsn("0/6100000")), "0/9123456", "0/6100000").legs())
        .containsExactly(
            leg(TWO, "0/6000000", "0/6100000", TWO, "0/7000000"),
            leg(THREE, "0/7000000", "0/7000000", TWO, null));
  }

  @Test
  @DisplayName("W2: two promotions in a row")
  void twoPromotionsAreFollowed() {
    assertThat(plan(HISTORY, Map.of(ONE, lsn("0/4100000")), "0/9123456", "0/4100000").legs())
        .containsExactly(
            leg(ONE, "0/4000000", "0/4100000", ONE, "0/5400000"),
            leg(TWO, "0/5000000", "0/5400000", ONE, "0/7000000"),
            leg(THREE, "0/7000000", "0/7000000", TWO, null));
  }

  @Test
  @DisplayName("W2: what the old timeline has behind the switch is left alone")
  void anAbandonedEndIsNoDivergence() {
    TimelineHistory two = new TimelineHistory(TWO, List.of(new Ancestor(ONE, lsn("0/5400000"))));
    assertThat(plan(two, Map.of(ONE, lsn("0/8000000")), "0/6123456", "0/5400000").legs())
        .containsExactly(leg(TWO, "0/5000000", "0/5400000", ONE, null));
  }

  @Test
  @DisplayName("W2: a server that is back on the old timeline continues it")
  void backOnTheOldTimeline() {
    assertThat(
            plan(
                    TimelineHistory.root(ONE),
                    Map.of(ONE, lsn("0/8654321"), TWO, lsn("0/9000000")),
                    "0/8700000",
                    "0/8654321")
                .legs())
        .containsExactly(leg(ONE, "0/8000000", "0/8654321", ONE, null));
  }

  @Test
  @DisplayName("W7: an archive that is ahead of the server on its timeline is divergent")
  void anArchiveThatIsAhead() {
    assertThatThrownBy(
            () ->
                plan(
                    TimelineHistory.root(ONE),
                    Map.of(ONE, lsn("0/9200000")),
                    "0/9123456",
                    "0/9000000"))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DivergentWal));
  }
}
