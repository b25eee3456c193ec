package dev.pgbackup.agent.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.agent.sidecar.BackupNeeds.Hole;
import dev.pgbackup.agent.sidecar.BackupNeeds.Newest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A backup is needed")
class BackupNeedsTest {

  private static final Timeline ONE = Timeline.FIRST;
  private static final Timeline TWO = new Timeline(2);
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final Optional<Instant> LATER = Optional.of(NOW.plusSeconds(1));
  private static final Optional<Newest> BACKUP =
      Optional.of(new Newest(ONE, Lsn.parse("0/5000028")));

  @Test
  @DisplayName("at once where there is none, unless that is not wanted")
  void first() {
    assertThat(need(true, Optional.empty(), ONE, List.of(), LATER)).hasValue(Origin.Initial);
    assertThat(need(false, Optional.empty(), ONE, List.of(), LATER)).isEmpty();
  }

  @Test
  @DisplayName("when the schedule says so, not before")
  void scheduled() {
    assertThat(need(true, BACKUP, ONE, List.of(), LATER)).isEmpty();
    assertThat(need(true, BACKUP, ONE, List.of(), Optional.of(NOW))).hasValue(Origin.Scheduled);
    assertThat(need(false, Optional.empty(), ONE, List.of(), Optional.of(NOW.minusSeconds(9))))
        .hasValue(Origin.Scheduled);
    assertThat(need(true, BACKUP, ONE, List.of(), Optional.empty())).isEmpty();
  }

  @Test
  @DisplayName("C11 on a timeline that has none of its own")
  void newTimeline() {
    assertThat(need(true, BACKUP, TWO, List.of(), LATER)).hasValue(Origin.PostRestore);
    assertThat(need(false, BACKUP, TWO, List.of(), LATER)).isEmpty();
  }

  @Test
  @DisplayName(
      "W4 after a gap in the WAL, not for one that lies before the newest backup or elsewhere")
  void gap() {
    assertThat(need(true, BACKUP, ONE, List.of(new Hole(ONE, Lsn.parse("0/6000000"))), LATER))
        .hasValue(Origin.Initial);
    assertThat(need(true, BACKUP, ONE, List.of(new Hole(ONE, Lsn.parse("0/5000000"))), LATER))
        .isEmpty();
    assertThat(need(true, BACKUP, ONE, List.of(new Hole(TWO, Lsn.parse("0/6000000"))), LATER))
        .isEmpty();
  }

  private static Optional<Origin> need(
      boolean immediate,
      Optional<Newest> newest,
      Timeline live,
      List<Hole> holes,
      Optional<Instant> due) {
    return BackupNeeds.of(immediate, newest, live, holes, due, NOW);
  }
}
