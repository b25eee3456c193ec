package dev.pgbackup.engine.store.connect;

import dev.pgbackup.engine.store.s3.S3Settings;
import java.nio.file.Path;

/** Which store to open. */
public sealed interface StoreSettings {

  /**
   * A directory on a mounted disk.
   *
   * @param path made if only its last part is missing
   */
  record Directory(Path path) implements StoreSettings {}

  /** A bucket behind the S3 API, or a folder in it. */
  record S3(S3Settings settings) implements StoreSettings {}
}
