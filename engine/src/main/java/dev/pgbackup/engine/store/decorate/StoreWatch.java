package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.error.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether a store answers, also while calls to it hang or are tried again: those who made
 * them learn that only much later. For any number of threads.
 */
public final class StoreWatch {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What may be sent counts as on its way as long as it goes at least that fast. */
  private static final long LEAST_BYTES_PER_SECOND = 128 << 10;

  private record Call(StoreOperation operation, String key, long begun, Duration patience) {}

  private final LongSupplier nanoTime;
  private final AtomicLong number = new AtomicLong();
  private final Map<Long, Call> running = new ConcurrentHashMap<>();
  private @Nullable EngineException failure;
  private long failingSince;

  public StoreWatch() {
    this(System::nanoTime);
  }

  StoreWatch(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * A call begins.
   *
   * @param bytes that it may send
   * @return by which it is ended
   */
  long begin(StoreOperation operation, String key, long bytes) {
    long id = number.incrementAndGet();
    Duration patience = PATIENCE.plusSeconds(bytes / LEAST_BYTES_PER_SECOND);
    running.put(id, new Call(operation, key, nanoTime.getAsLong(), patience));
    return id;
  }

  void succeeded(long call) {
    running.remove(call);
    synchronized (this) {
      failure = null;
    }
  }

  void failed(long call, Exception why) {
    running.remove(call);
    synchronized (this) {
      if (why instanceof EngineException told && isOfStore(told)) {
        if (failure == null) {
          failingSince = nanoTime.getAsLong();
        }
        failure = told;
      } else {
        failure = null;
      }
    }
  }

  private static boolean isOfStore(EngineException failure) {
    return failure.reason().family() == Family.STORE && failure.isTransient();
  }

  /** What is wrong, once it has been so for some seconds; empty while the store answers. */
  public Optional<EngineException> trouble() {
    long now = nanoTime.getAsLong();
    Optional<Call> overdue =
        running.values().stream()
            .filter(call -> now - call.begun() > call.patience().toNanos())
            .min(Comparator.comparingLong(Call::begun));
    if (overdue.isPresent()) {
      return Optional.of(unanswered(overdue.get(), now));
    }
    synchronized (this) {
      return failure != null && now - failingSince > PATIENCE.toNanos()
          ? Optional.of(failure)
          : Optional.empty();
    }
  }

  private static EngineException unanswered(Call call, long now) {
    return new EngineException(
        Reason.BucketUnreachable,
        "The store has not answered for "
            + Duration.ofNanos(now - call.begun()).toSeconds()
            + " s ("
            + call.operation()
            + " "
            + call.key()
            + "). See whether it, or the network to it, is down; the agent goes on by itself.");
  }
}
