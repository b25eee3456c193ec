package dev.pgbackup.engine.store.decorate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<Long> waits = new ArrayList<>();
  private long now = 5 * SECOND;

  private final RateLimit limit =
      new RateLimit(
          1000,
          () -> now,
          nanos -> {
            waits.add(nanos);
            now += nanos;
          });

  @Test
  void bytes_pass_at_the_rate() {
    for (int i = 0; i < 10; i++) {
      limit.pass(500);
    }

    assertThat(now).isEqualTo(10 * SECOND);
  }

  @Test
  void what_was_not_used_is_saved_for_a_second() {
    now += 60 * SECOND;

    limit.pass(1000);

    assertThat(waits).isEmpty();
    limit.pass(1000);
    assertThat(waits).containsExactly(SECOND);
  }

  @Test
  void unlimited_never_waits() {
    RateLimit.unlimited().pass(Long.MAX_VALUE);
  }
}
