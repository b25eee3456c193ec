package dev.pgbackup.engine.restore.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.restore.plan.WalPath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The progress of a replay")
class PaceTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final Milestone first = new Milestone(Lsn.parse("0/2000000"), new Xid(700), NOON);
  private final Milestone second =
      new Milestone(Lsn.parse("0/3000000"), new Xid(800), NOON.plusSeconds(60));
  private final Pace pace =
      new Pace(
          new WalPath(
              TimelineHistory.root(Timeline.FIRST),
              Lsn.parse("0/1000000"),
              Lsn.parse("0/5000000"),
              WalSegmentSize.DEFAULT),
          List.of(second, first));

  private ReplayProgress reached(String position, long seconds) {
    return pace.reached(Lsn.parse(position), Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void isToldInPercentTimesAndTransactions() {
    assertThat(reached("0/1000000", 0).passed()).isEmpty();
    ReplayProgress halfway = reached("0/3000000", 10);

    assertThat(halfway.percent()).isEqualTo(50);
    assertThat(halfway.passed()).contains(second);
  }

  @Test
  void tellsWhatIsLeftByThePaceSoFar() {
    reached("0/1000000", 100);
    assertThat(reached("0/2000000", 110).left()).isEmpty();

    assertThat(reached("0/3000000", 120).left()).contains(Duration.ofSeconds(20));
  }

  @Test
  void neverGoesBackAndNeverBeyondTheEnd() {
    reached("0/3000000", 10);

    assertThat(reached("0/2000000", 11).replayed()).isEqualTo(Lsn.parse("0/3000000"));
    assertThat(reached("0/9000000", 12).percent()).isEqualTo(100);
  }
}
