package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectStoreContract;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("S1: the contract is kept while every kind of call fails again and again")
class RetryingStoreContractTest extends ObjectStoreContract {

  private static final RetryPolicy QUICK =
      new RetryPolicy(Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir private Path folder;

  @Override
  protected ObjectStore openEmpty() {
    return new RetryingStore(
        new FaultyStore(DirectoryStore.open(folder.resolve("store")), new EveryOtherCallFails()),
        QUICK,
        StoreMetrics.NONE);
  }
}
