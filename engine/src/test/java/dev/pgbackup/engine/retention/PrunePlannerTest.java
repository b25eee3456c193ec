package dev.pgbackup.engine.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.retention.PrunePlan.BackupDecision;
import dev.pgbackup.engine.retention.PrunePlan.WalDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PrunePlannerTest {

  private static final Instant DAY_0 = Instant.parse("2026-11-01T00:00:00Z");
  private static final Timeline ONE = Timeline.FIRST;
  private static final Timeline TWO = new Timeline(2);
  private static final RetentionPolicy WEEK = noGrace(Duration.ofDays(7), 1);
  private static final RetentionPolicy WEEK_AND_A_DAY_OF_GRACE =
      new RetentionPolicy(Duration.ofDays(7), 1, Duration.ofDays(1));

  private final List<ArchivedBackup> backups = new ArrayList<>();
  private final List<Branch> branches = new ArrayList<>();
  private final List<Remains> remains = new ArrayList<>();
  private final List<Pin> pins = new ArrayList<>();

  @Test
  void the_window_needs_its_backups_and_the_newest_before_it() {
    days(ONE, 0, 20);
    branch(TimelineHistory.root(ONE), 20);

    PrunePlan plan = plan(WEEK, ONE, 20);

    // the window begins on day 13: backup 13 is the newest one that is not after it
    assertThat(keptDays(plan)).containsExactly(13, 14, 15, 16, 17, 18, 19, 20);
    assertThat(plan.wal())
        .singleElement()
        .extracting(WalDecision::keepFrom)
        .isEqualTo(Optional.of(lsn(13)));
  }

  @Test
  void wal_of_a_deleted_backup_stays_as_long_as_its_content() {
    days(ONE, 0, 20);
    branch(TimelineHistory.root(ONE), 20);

    PrunePlan plan = plan(WEEK_AND_A_DAY_OF_GRACE, ONE, 20);

    assertThat(keptDays(plan)).startsWith(13);
    assertThat(plan.wal().get(0).keepFrom()).contains(lsn(0));
  }

  @Test
  void the_minimum_is_kept_however_old_it_is() {
    days(ONE, 0, 3);
    days(ONE, 30, 30);
    branch(TimelineHistory.root(ONE), 40);

    PrunePlan plan = plan(noGrace(Duration.ofDays(15), 3), ONE, 40);

    assertThat(keptDays(plan)).containsExactly(2, 3, 30);
    assertThat(reasonOf(plan, 2)).contains("3 newest");
  }

  @Test
  @DisplayName("R1: the last restorable backup stays although it is older than the window")
  void the_last_backup_stays() {
    days(ONE, 0, 0);
    branch(TimelineHistory.root(ONE), 100);

    PrunePlan plan = plan(WEEK, ONE, 100);

    assertThat(keptDays(plan)).containsExactly(0);
    assertThat(plan.wal().get(0).keepFrom()).contains(lsn(0));
  }

  @Test
  @DisplayName("R1: nothing expires while no backup of the live branch lies within the window")
  void without_a_current_backup_nothing_expires() {
    days(ONE, 0, 10);
    branch(TimelineHistory.root(ONE), 100);

    PrunePlan plan = plan(WEEK, ONE, 100);

    assertThat(plan.deletedBackups()).isEmpty();
    assertThat(plan.notes()).anyMatch(note -> note.contains("nothing expires"));
  }

  @Test
  @DisplayName("R1: without any backup all WAL stays")
  void without_a_backup_all_wal_stays() {
    branch(TimelineHistory.root(ONE), 100);

    assertThat(plan(WEEK, ONE, 100).wal().get(0).keepFrom()).contains(Lsn.ZERO);
  }

  @Test
  @DisplayName(
      "R1: after a restore the old timeline's WAL stays for the backup that the new one starts from")
  void the_way_to_the_live_timeline_stays() {
    days(ONE, 0, 10);
    branch(TimelineHistory.root(ONE), 10);
    branch(child(TWO, ONE, lsn(10).plus(50)), 15);
    days(TWO, 11, 15);

    PrunePlan plan = plan(WEEK, TWO, 15);

    assertThat(keptDays(plan)).containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
    assertThat(walOf(plan, ONE)).contains(lsn(8));
    assertThat(walOf(plan, TWO)).contains(Lsn.ZERO);
  }

  @Test
  void an_abandoned_branch_is_kept_for_the_window() {
    days(ONE, 0, 10);
    branch(TimelineHistory.root(ONE), 10);
    branch(child(TWO, ONE, lsn(5).plus(50)), 12);
    days(TWO, 11, 12);

    PrunePlan plan = plan(WEEK, TWO, 12);

    // 6 to 10 are on timeline 1 behind the point that timeline 2 left from
    assertThat(keptDays(plan)).containsExactly(5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(reasonOf(plan, 8)).contains("timeline 1").contains("abandoned");
  }

  @Test
  void an_abandoned_branch_goes_when_the_window_has_passed_it() {
    days(ONE, 0, 10);
    branch(TimelineHistory.root(ONE), 10);
    branch(child(TWO, ONE, lsn(5).plus(50)), 30);
    days(TWO, 11, 30);

    PrunePlan plan = plan(WEEK, TWO, 30);

    assertThat(keptDays(plan)).containsExactly(23, 24, 25, 26, 27, 28, 29, 30);
    assertThat(walOf(plan, ONE)).isEmpty();
    assertThat(walOf(plan, TWO)).contains(lsn(23));
    assertThat(reasonOf(plan, 8)).contains("abandoned");
    assertThat(reasonOf(plan, 3)).contains("older than the recovery window");
  }

  @Test
  void after_an_undo_the_old_timeline_is_live_and_the_new_one_abandoned() {
    days(ONE, 0, 20);
    branch(TimelineHistory.root(ONE), 20);
    branch(child(TWO, ONE, lsn(5).plus(50)), 6);
    days(TWO, 6, 6);

    PrunePlan plan = plan(noGrace(Duration.ofDays(7), 2), ONE, 20);

    assertThat(keptDays(plan)).containsExactly(13, 14, 15, 16, 17, 18, 19, 20);
    assertThat(walOf(plan, TWO)).isEmpty();
    assertThat(walOf(plan, ONE)).contains(lsn(13));
  }

  @Test
  @DisplayName("R3: a clock that jumps ahead expires nothing")
  void a_clock_ahead_expires_nothing_more() {
    days(ONE, 0, 8);
    branch(TimelineHistory.root(ONE), 8);

    PrunePlan plan = plan(WEEK, ONE, 8, at(3650));

    assertThat(plan.reference()).isEqualTo(at(8));
    assertThat(keptDays(plan)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(plan.notes()).anyMatch(note -> note.contains("last written to"));
  }

  @Test
  @DisplayName(
      "R3: when everybody's clock jumps ahead, what was made before stays until a new window is full")
  void all_clocks_ahead_expire_nothing() {
    days(ONE, 0, 8);
    branch(TimelineHistory.root(ONE), 3650);

    assertThat(plan(WEEK, ONE, 3650).deletedBackups()).isEmpty();

    backup(ONE, 3650, at(3650), at(3650));
    assertThat(keptDays(plan(WEEK, ONE, 3650))).containsExactly(8, 3650);
  }

  @Test
  @DisplayName("R3: a clock that lies before the archive's newest object is refused")
  void a_clock_behind_is_refused() {
    days(ONE, 0, 8);
    branch(TimelineHistory.root(ONE), 8);

    assertThatThrownBy(() -> plan(WEEK, ONE, 8, at(2)))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.HostFailure))
        .hasMessageContaining("nothing is deleted");
  }

  @Test
  @DisplayName("R3: a backup whose own clock was years behind does not push out the others")
  void a_backup_from_a_slow_clock_is_as_new_as_its_object() {
    days(ONE, 0, 8);
    backup(ONE, 9, at(-3650), at(9));
    branch(TimelineHistory.root(ONE), 9);

    assertThat(keptDays(plan(WEEK, ONE, 9))).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  @DisplayName("R4: a pinned backup stays, with the WAL that it needs")
  void pinned_backups_stay() {
    days(ONE, 0, 20);
    branch(TimelineHistory.root(ONE), 20);
    pins.add(
        new Pin(
            FormatVersion.CURRENT,
            "restore x",
            null,
            at(21),
            Set.of(backups.get(3).id()),
            null,
            null));
    pins.add(
        new Pin(
            FormatVersion.CURRENT, "ended", null, at(19), Set.of(backups.get(2).id()), null, null));

    PrunePlan plan = plan(WEEK, ONE, 20);

    assertThat(keptDays(plan)).startsWith(3, 13).doesNotContain(2);
    assertThat(reasonOf(plan, 3)).isEqualTo("pinned by restore x until " + at(21));
    assertThat(walOf(plan, ONE)).contains(lsn(3));
  }

  @Test
  @DisplayName("R4: pinned WAL stays, on every timeline on the way to the one that is pinned")
  void pinned_wal_stays() {
    days(ONE, 0, 10);
    branch(TimelineHistory.root(ONE), 10);
    branch(child(TWO, ONE, lsn(5).plus(50)), 30);
    days(TWO, 11, 30);
    pins.add(new Pin(FormatVersion.CURRENT, "restore", null, at(31), Set.of(), TWO, lsn(2)));

    PrunePlan plan = plan(WEEK, TWO, 30);

    assertThat(walOf(plan, ONE)).contains(lsn(2));
    assertThat(walOf(plan, TWO).orElseThrow()).isLessThanOrEqualTo(lsn(5).plus(50));
  }

  @Test
  void what_was_cut_off_stays_for_the_grace_period_and_while_it_is_pinned() {
    days(ONE, 18, 20);
    branch(TimelineHistory.root(ONE), 20);
    remains.add(new Remains(id(1), Optional.empty(), at(18)));
    remains.add(new Remains(id(2), Optional.empty(), at(20)));
    remains.add(new Remains(id(3), Optional.empty(), at(17)));
    pins.add(new Pin(FormatVersion.CURRENT, "backup", null, at(21), Set.of(id(3)), null, null));

    PrunePlan plan = plan(WEEK_AND_A_DAY_OF_GRACE, ONE, 20);

    assertThat(plan.remains())
        .extracting(PrunePlan.RemainsDecision::delete)
        .containsExactly(true, false, false);
  }

  private static RetentionPolicy noGrace(Duration window, int minimum) {
    return new RetentionPolicy(window, minimum, Duration.ZERO);
  }

  private PrunePlan plan(RetentionPolicy policy, Timeline live, int day) {
    return plan(policy, live, day, at(day));
  }

  private PrunePlan plan(RetentionPolicy policy, Timeline live, int signOfLife, Instant now) {
    return new PrunePlanner(policy)
        .plan(new ArchiveSnapshot(live, branches, backups, remains, pins, at(signOfLife)), now);
  }

  private void days(Timeline timeline, int first, int last) {
    for (int day = first; day <= last; day++) {
      backup(timeline, day, at(day), at(day));
    }
  }

  private void backup(Timeline timeline, int day, Instant stoppedAt, Instant storedAt) {
    backups.add(
        new ArchivedBackup(
            new BackupManifest(
                FormatVersion.CURRENT,
                id(day),
                ArchiveId.parse("7312345678901234567-1"),
                BackupManifest.Origin.Scheduled,
                timeline,
                lsn(day),
                lsn(day),
                lsn(day).plus(10),
                new Xid(700),
                new Xid(701),
                stoppedAt,
                stoppedAt,
                stoppedAt,
                "label",
                null,
                List.of(),
                new BackupManifest.Server(
                    new ServerVersion(160004),
                    WalSegmentSize.DEFAULT,
                    true,
                    Map.of(),
                    "postgres",
                    "/data",
                    "0700"),
                new BackupManifest.FileList(1, "", 1, List.of()),
                new BackupManifest.Totals(1, 1, 1, 1),
                null,
                List.of(),
                "test"),
            storedAt));
  }

  private void branch(TimelineHistory history, int lastWritten) {
    branches.add(new Branch(history, at(lastWritten)));
  }

  private static TimelineHistory child(Timeline timeline, Timeline parent, Lsn at) {
    return new TimelineHistory(timeline, List.of(new TimelineHistory.Ancestor(parent, at)));
  }

  private static BackupId id(int day) {
    return BackupId.of(DAY_0, day);
  }

  private static Lsn lsn(int day) {
    return new Lsn((day + 1) * 0x1000000L);
  }

  private static Instant at(int day) {
    return DAY_0.plus(Duration.ofDays(day));
  }

  private static Optional<Lsn> walOf(PrunePlan plan, Timeline timeline) {
    return plan.wal().stream()
        .filter(decision -> decision.timeline().equals(timeline))
        .findFirst()
        .orElseThrow()
        .keepFrom();
  }

  private static List<Integer> keptDays(PrunePlan plan) {
    return plan.keptBackups().stream()
        .map(BackupDecision::manifest)
        .map(manifest -> (int) (manifest.startLsn().value() / 0x1000000L) - 1)
        .sorted()
        .toList();
  }

  private static String reasonOf(PrunePlan plan, int day) {
    return plan.backups().stream()
        .filter(decision -> decision.id().equals(id(day)))
        .findFirst()
        .orElseThrow()
        .reason();
  }
}
