package dev.pgbackup.engine.store.decorate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.UploadLostException;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryingStoreTest {

  private static final RetryPolicy QUICK =
      new RetryPolicy(Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir private Path folder;
  private ObjectStore directory;
  private final AtomicInteger calls = new AtomicInteger();

  @BeforeEach
  void open() {
    directory = DirectoryStore.open(folder);
  }

  @Test
  void what_will_not_pass_is_not_tried_again() {
    ObjectStore store = failing(new EngineException(Reason.AccessDenied, "no"), QUICK);

    assertThatThrownBy(() -> store.head("a")).hasMessage("no");
    assertThat(calls).hasValue(1);
  }

  @Test
  void an_upload_that_the_store_forgot_is_not_tried_again_although_it_may_begin_anew() {
    ObjectStore store = failing(new UploadLostException("a", new IOException()), QUICK);

    assertThatExceptionOfType(UploadLostException.class).isThrownBy(() -> store.head("a"));
    assertThat(calls).hasValue(1);
  }

  @Test
  void an_interrupt_is_not_tried_again() {
    ObjectStore store = failing(new EngineException(Reason.Interrupted, "stop"), QUICK);

    assertThatThrownBy(() -> store.head("a")).hasMessage("stop");
    assertThat(calls).hasValue(1);
  }

  @Test
  void when_the_budget_is_spent_the_last_failure_is_told() {
    RetryPolicy small =
        new RetryPolicy(Duration.ofMillis(50), Duration.ofMillis(10), Duration.ofMillis(10));
    ObjectStore store = failing(new EngineException(Reason.BucketUnreachable, "down"), small);

    assertThatThrownBy(() -> store.head("a")).hasMessage("down");
    assertThat(calls.get()).isBetween(2, 12);
  }

  @Test
  void a_store_that_has_never_answered_has_a_budget_of_its_own() {
    RetryPolicy patient =
        new RetryPolicy(
            Duration.ofDays(1), Duration.ofMillis(30), Duration.ofMillis(1), Duration.ofMillis(2));
    AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);
    ObjectStore store =
        new RetryingStore(
            new FaultyStore(
                directory,
                new FaultyStore.Faults() {
                  @Override
                  public void before(StoreOperation operation, String key) {
                    if (failures.getAndDecrement() > 0) {
                      throw new EngineException(Reason.BucketUnreachable, "down");
                    }
                  }
                }),
            patient,
            StoreMetrics.NONE);

    assertThatThrownBy(() -> store.head("a")).hasMessage("down");
    failures.set(0);
    assertThat(store.head("a")).isEmpty();
    failures.set(200);
    assertThat(store.head("a")).isEmpty();
    assertThat(failures).hasNegativeValue();
  }

  @Test
  void a_policy_of_none_fails_at_once() {
    ObjectStore store =
        failing(new EngineException(Reason.BucketUnreachable, "down"), RetryPolicy.NONE);

    assertThatThrownBy(() -> store.head("a")).hasMessage("down");
    assertThat(calls).hasValue(1);
  }

  @Test
  void a_condition_that_failed_is_one_and_not_a_lost_answer() {
    directory.put("a", Content.of("theirs"), ObjectAttributes.NONE, PutOptions.CREATE);
    ObjectStore store =
        new RetryingStore(
            new FaultyStore(directory, new EveryOtherCallFails()), QUICK, StoreMetrics.NONE);

    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(
            () -> store.put("a", Content.of("ours"), ObjectAttributes.NONE, PutOptions.CREATE));
    assertThat(Content.text(directory, "a")).isEqualTo("theirs");
  }

  @Test
  void content_that_breaks_off_is_not_continued_with_another_version() throws Exception {
    directory.put("a", Content.of("first"), ObjectAttributes.NONE, PutOptions.CREATE);
    FaultyStore.Faults replaceWhileReading =
        new FaultyStore.Faults() {
          @Override
          public void reading(String key) throws IOException {
            if (calls.incrementAndGet() == 1) {
              directory.put(
                  key,
                  Content.of("other"),
                  ObjectAttributes.NONE,
                  PutOptions.when(PutCondition.always()));
              throw new IOException("connection reset");
            }
          }
        };
    ObjectStore store =
        new RetryingStore(
            new FaultyStore(directory, replaceWhileReading), QUICK, StoreMetrics.NONE);

    try (ObjectContent content = store.get("a", ByteRange.ALL)) {
      assertThatThrownBy(() -> content.stream().readAllBytes()).hasMessageContaining("replaced");
    }
  }

  @Test
  void waits_grow_up_to_their_bound_and_differ() {
    RetryPolicy policy =
        new RetryPolicy(Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofSeconds(1));

    for (int i = 0; i < 100; i++) {
      assertThat(policy.delay(1)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
      assertThat(policy.delay(3)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
      assertThat(policy.delay(60)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }
  }

  private ObjectStore failing(EngineException failure, RetryPolicy policy) {
    FaultyStore.Faults always =
        new FaultyStore.Faults() {
          @Override
          public void before(StoreOperation operation, String key) {
            calls.incrementAndGet();
            throw failure;
          }
        };
    return new RetryingStore(new FaultyStore(directory, always), policy, StoreMetrics.NONE);
  }
}
