package dev.pgbackup.agent.metrics;

import dev.pgbackup.engine.store.decorate.StoreMetrics;
import dev.pgbackup.engine.store.decorate.StoreOperation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Counts what the object store is asked to do. */
final class StoreCounters implements StoreMetrics {

  private static final Set<StoreOperation> UPLOADS =
      EnumSet.of(StoreOperation.Put, StoreOperation.Write, StoreOperation.Commit);

  private record Meters(Timer calls, Counter errors, Counter retries) {}

  private final Map<StoreOperation, Meters> operations = new EnumMap<>(StoreOperation.class);
  private final Counter uploadErrors;
  private final Counter sent;
  private final Counter received;

  StoreCounters(MeterRegistry registry) {
    for (StoreOperation operation : StoreOperation.values()) {
      operations.put(operation, meters(registry, operation.name().toLowerCase(Locale.ROOT)));
    }
    uploadErrors =
        Counter.builder("pgbackup.upload.errors")
            .description("Uploads to the object store that failed, tries counted")
            .register(registry);
    sent =
        Counter.builder("pgbackup.store.sent")
            .baseUnit("bytes")
            .description("Content sent to the object store")
            .register(registry);
    received =
        Counter.builder("pgbackup.store.received")
            .baseUnit("bytes")
            .description("Content received from the object store")
            .register(registry);
  }

  private static Meters meters(MeterRegistry registry, String operation) {
    return new Meters(
        Timer.builder("pgbackup.store.calls")
            .description("Calls to the object store")
            .tag("operation", operation)
            .register(registry),
        Counter.builder("pgbackup.store.errors")
            .description("Calls to the object store that failed")
            .tag("operation", operation)
            .register(registry),
        Counter.builder("pgbackup.store.retries")
            .description("Calls to the object store that were made again")
            .tag("operation", operation)
            .register(registry));
  }

  private Meters of(StoreOperation operation) {
    return Objects.requireNonNull(operations.get(operation));
  }

  @Override
  public void called(StoreOperation operation, boolean succeeded, Duration took) {
    of(operation).calls().record(took.toNanos(), TimeUnit.NANOSECONDS);
    if (!succeeded) {
      of(operation).errors().increment();
      if (UPLOADS.contains(operation)) {
        uploadErrors.increment();
      }
    }
  }

  @Override
  public void sent(long bytes) {
    sent.increment((double) bytes);
  }

  @Override
  public void received(long bytes) {
    received.increment((double) bytes);
  }

  @Override
  public void retried(StoreOperation operation) {
    of(operation).retries().increment();
  }
}
