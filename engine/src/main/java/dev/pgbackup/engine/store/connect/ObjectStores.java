package dev.pgbackup.engine.store.connect;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.store.s3.S3Store;

/** Opens stores. */
public final class ObjectStores {

  private ObjectStores() {}

  /**
   * Opens a store; a bucket is not asked anything yet.
   *
   * @throws dev.pgbackup.engine.error.EngineException {@code ConfigurationInvalid}, if it cannot be there
   */
  public static ObjectStore open(StoreSettings settings) {
    if (settings instanceof StoreSettings.Directory directory) {
      return DirectoryStore.open(directory.path());
    }
    return S3Store.open(((StoreSettings.S3) settings).settings());
  }
}
