package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectStoreContract;
import dev.pgbackup.testkit.S3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The store's contract is kept over S3, on s3mock")
class S3MockStoreIT extends ObjectStoreContract {

  private static S3Server server;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    server = S3Server.s3mock();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected ObjectStore openEmpty() {
    return S3Store.open(new S3Keys(folder).write(server).settings(server).build());
  }

  /** S3Mock looks and then writes: of writers at the same moment, more than one may succeed. */
  @Override
  protected boolean isAtomic() {
    return false;
  }

  /** S3Mock loses the object of that name when an upload of another is given up. */
  @Override
  protected boolean survivesRefusedUploads() {
    return false;
  }
}
