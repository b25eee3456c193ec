package dev.pgbackup.engine.store.decorate;

import java.time.Duration;

/** Told about every call to a store. Called by many threads, and must not block. */
public interface StoreMetrics {

  StoreMetrics NONE =
      new StoreMetrics() {
        @Override
        public void called(StoreOperation operation, boolean succeeded, Duration took) {}

        @Override
        public void sent(long bytes) {}

        @Override
        public void received(long bytes) {}

        @Override
        public void retried(StoreOperation operation) {}
      };

  /** A call has ended; the time does not include reading what {@code Get} opened. */
  void called(StoreOperation operation, boolean succeeded, Duration took);

  /** Bytes of content were handed to the store. */
  void sent(long bytes);

  /** Bytes of content were read from the store. */
  void received(long bytes);

  /** A call failed for a passing reason and is made again. */
  void retried(StoreOperation operation);
}
