package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.UploadLostException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes calls again while they fail for a passing reason. */
final class Retries {

  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

  private final RetryPolicy policy;
  private final StoreMetrics metrics;
  private volatile boolean answered;

  Retries(RetryPolicy policy, StoreMetrics metrics) {
    this.policy = policy;
    this.metrics = metrics;
  }

  <T> T call(StoreOperation operation, Supplier<T> call) {
    Episode episode = begin(operation);
    while (true) {
      try {
        T result = call.get();
        answered = true;
        return result;
      } catch (EngineException failure) {
        episode.waitAfter(failure);
      }
    }
  }

  private Duration budget() {
    return answered ? policy.budget() : policy.firstContact();
  }

  Episode begin(StoreOperation operation) {
    return new Episode(operation);
  }

  /** The failures of one call in a row. */
  final class Episode {

    private final StoreOperation operation;
    private int failures;
    private long firstFailure;

    private Episode(StoreOperation operation) {
      this.operation = operation;
    }

    /** Waits until it is time to try again, or throws the failure on. */
    void waitAfter(EngineException failure) {
      long now = System.nanoTime();
      if (failures == 0) {
        firstFailure = now;
      }
      failures++;
      Duration delay = policy.delay(failures);
      boolean late = Duration.ofNanos(now - firstFailure).plus(delay).compareTo(budget()) > 0;
      if (late || !isWorthIt(failure)) {
        throw failure;
      }
      metrics.retried(operation);
      LOG.info("try {} in {} ms: {}", failures + 1, delay.toMillis(), failure.getMessage());
      try {
        Thread.sleep(delay.toMillis());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new EngineException(
            Reason.Interrupted, "waiting to try again was interrupted", interrupted);
      }
    }

    /** After a success a later failure begins anew. */
    void succeeded() {
      failures = 0;
      answered = true;
    }

    private static boolean isWorthIt(EngineException failure) {
      return failure.isTransient()
          && failure.reason() != Reason.Interrupted
          && !(failure instanceof UploadLostException);
    }
  }
}
