package dev.pgbackup.engine.store.connect;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.decorate.MeteredStore;
import dev.pgbackup.engine.store.decorate.RetryingStore;
import dev.pgbackup.engine.store.decorate.ThrottledStore;
import dev.pgbackup.engine.store.decorate.WatchedStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.store.s3.S3Store;

/** Opens stores. */
public final class ObjectStores {

  private ObjectStores() {}

  /** Opens a store with {@link StoreOptions#DEFAULT}. */
  public static ObjectStore open(StoreSettings settings) {
    return open(settings, StoreOptions.DEFAULT);
  }

  /**
   * Opens a store that tries again what fails for a passing reason; a bucket is not asked anything
   * yet.
   *
   * @throws dev.pgbackup.engine.error.EngineException {@code ConfigurationInvalid}, if it cannot be
   *     there
   */
  public static ObjectStore open(StoreSettings settings, StoreOptions options) {
    return new RetryingStore(
        new ThrottledStore(
            new WatchedStore(new MeteredStore(bare(settings), options.metrics()), options.watch()),
            options.up(),
            options.down()),
        options.retries(),
        options.metrics());
  }

  private static ObjectStore bare(StoreSettings settings) {
    if (settings instanceof StoreSettings.Directory directory) {
      return DirectoryStore.open(directory.path());
    }
    return S3Store.open(((StoreSettings.S3) settings).settings());
  }
}
