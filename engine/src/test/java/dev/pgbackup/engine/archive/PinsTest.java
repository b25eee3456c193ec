package dev.pgbackup.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.Pins.Content;
import dev.pgbackup.engine.archive.Pins.Holder;
import dev.pgbackup.engine.archive.Pins.Taking;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A pin has one holder, who renews it")
class PinsTest {

  private static final Duration LEASE = Duration.ofMinutes(3);
  private static final BackupId BACKUP = new BackupId("20261122T140307Z-3fa9");

  @TempDir private Path folder;
  private final TestClock clock = new TestClock(Instant.parse("2026-11-01T12:00:00Z"));
  private Pins pins;

  @BeforeEach
  void open() {
    pins = new ArchiveBuilder(DirectoryStore.open(folder), clock).archive().pins();
  }

  @Test
  void the_second_is_told_who_holds_it() {
    taken(take("first"));

    assertThat(take("second"))
        .isInstanceOfSatisfying(
            Taking.Refused.class,
            refused -> {
              assertThat(refused.by().holder()).isEqualTo("first");
              assertThat(refused.by().until()).isEqualTo(clock.instant().plus(LEASE));
            });
  }

  @Test
  void it_can_be_taken_once_it_is_given_back() {
    taken(take("first")).close();

    taken(take("second"));
    assertThat(pins.find("one").orElseThrow().holder()).isEqualTo("second");
  }

  @Test
  void renewed_in_time_it_stays() {
    Pins.Held first = taken(take("first"));
    clock.advance(Duration.ofMinutes(2));
    assertThat(first.renew()).isTrue();
    clock.advance(Duration.ofMinutes(2));

    assertThat(take("second")).isInstanceOf(Taking.Refused.class);
  }

  @Test
  void not_renewed_it_is_lost_to_the_next_and_its_holder_learns_it() {
    Pins.Held first = taken(take("first"));
    clock.advance(LEASE);
    Pins.Held second = taken(take("second"));

    assertThat(first.renew()).isFalse();
    first.close();
    assertThat(second.renew()).isTrue();
    assertThat(pins.find("one").orElseThrow().holder()).isEqualTo("second");
  }

  @Test
  void late_but_not_taken_by_anybody_it_can_be_renewed() {
    Pins.Held first = taken(take("first"));
    clock.advance(Duration.ofHours(1));

    assertThat(first.renew()).isTrue();
    assertThat(take("second")).isInstanceOf(Taking.Refused.class);
  }

  @Test
  void what_it_protects_may_change() {
    Pins.Held pin = taken(take("first"));

    pin.protect(new Content(Set.of(BACKUP), Timeline.FIRST, Lsn.parse("0/2000028")));

    assertThat(pins.find("one"))
        .hasValueSatisfying(
            found -> {
              assertThat(found.backups()).containsExactly(BACKUP);
              assertThat(found.walFrom()).isEqualTo(Lsn.parse("0/2000028"));
            });
  }

  @Test
  void of_an_earlier_writer_it_is_taken_by_a_later_one_at_once() {
    Pins.Held first = taken(take(writer(4)));
    Pins.Held second = taken(take(writer(5)));

    assertThat(first.renew()).isFalse();
    first.close();
    assertThat(second.renew()).isTrue();
    assertThat(pins.find("one").orElseThrow().epoch()).isEqualTo(5);
  }

  @Test
  void of_a_writer_it_is_taken_by_nobody_else() {
    taken(take(writer(4)));

    assertThat(take(writer(4))).isInstanceOf(Taking.Refused.class);
    assertThat(take(writer(3))).isInstanceOf(Taking.Refused.class);
    assertThat(take("no writer")).isInstanceOf(Taking.Refused.class);
  }

  @Test
  void of_somebody_who_is_no_writer_it_is_taken_by_none_either() {
    taken(take("no writer"));

    assertThat(take(writer(5))).isInstanceOf(Taking.Refused.class);
  }

  private static Holder writer(long epoch) {
    return new Holder("writer " + epoch, OptionalLong.of(epoch));
  }

  private Taking take(String holder) {
    return take(Holder.named(holder));
  }

  private Taking take(Holder holder) {
    return pins.take("one", holder, Content.of(Set.of()), LEASE, clock);
  }

  private static Pins.Held taken(Taking taking) {
    assertThat(taking).isInstanceOf(Taking.Taken.class);
    return ((Taking.Taken) taking).pin();
  }
}
