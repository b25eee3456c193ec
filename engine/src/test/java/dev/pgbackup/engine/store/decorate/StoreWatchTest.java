package dev.pgbackup.engine.store.decorate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("S1: a store that does not answer is noticed while its callers still wait")
class StoreWatchTest {

  private long now;
  private final StoreWatch watch = new StoreWatch(() -> now);

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  private long begin(long bytes) {
    return watch.begin(StoreOperation.Put, "wal/1", bytes);
  }

  private static EngineException down() {
    return new EngineException(Reason.BucketUnreachable, "connection refused");
  }

  @Test
  @DisplayName("a call that hangs, until it is answered")
  void hanging() {
    long call = begin(0);
    pass(9);
    assertThat(watch.trouble()).isEmpty();

    pass(3);
    assertThat(watch.trouble()).get().matches(e -> e.reason() == Reason.BucketUnreachable);
    assertThat(watch.trouble()).get().hasToString(watch.trouble().get().toString());
    assertThat(watch.trouble().orElseThrow()).hasMessageContaining("12 s (Put wal/1)");

    watch.succeeded(call);
    assertThat(watch.trouble()).isEmpty();
  }

  @Test
  @DisplayName("but not one that may still be sending")
  void sending() {
    begin(16 << 20);
    pass(60);
    assertThat(watch.trouble()).isEmpty();
    pass(120);
    assertThat(watch.trouble()).isPresent();
  }

  @Test
  @DisplayName("calls that fail one after the other, until one succeeds")
  void failing() {
    for (int i = 0; i < 4; i++) {
      watch.failed(begin(0), down());
      pass(4);
    }
    assertThat(watch.trouble().orElseThrow()).hasMessage("connection refused");

    watch.succeeded(begin(0));
    assertThat(watch.trouble()).isEmpty();
    watch.failed(begin(0), down());
    pass(4);
    assertThat(watch.trouble()).isEmpty();
  }

  @Test
  @DisplayName("an answer is an answer, also one that refuses")
  void answered() {
    watch.failed(begin(0), down());
    pass(20);
    watch.failed(begin(0), new EngineException(Reason.AccessDenied, "no"));
    assertThat(watch.trouble()).isEmpty();
    watch.failed(begin(0), down());
    pass(20);
    watch.failed(begin(0), new ObjectNotFoundException("wal/1"));
    assertThat(watch.trouble()).isEmpty();
  }
}
