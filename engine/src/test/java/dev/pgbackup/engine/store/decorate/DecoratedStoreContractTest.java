package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectStoreContract;
import dev.pgbackup.engine.store.connect.ObjectStores;
import dev.pgbackup.engine.store.connect.StoreOptions;
import dev.pgbackup.engine.store.connect.StoreSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DecoratedStoreContractTest extends ObjectStoreContract {

  @TempDir private Path folder;

  @Override
  protected ObjectStore openEmpty() {
    RateLimit fast = RateLimit.of(10L << 30);
    return ObjectStores.open(
        new StoreSettings.Directory(folder.resolve("store")),
        StoreOptions.DEFAULT.limitedTo(fast, fast));
  }
}
