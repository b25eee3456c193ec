package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectStoreContract;
import dev.pgbackup.testkit.S3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The store's contract is kept over S3, on s3proxy")
class S3ProxyStoreIT extends ObjectStoreContract {

  private static S3Server server;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    server = S3Server.s3proxy();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected ObjectStore openEmpty() {
    return S3Store.open(new S3Keys(folder).write(server).settings(server).build());
  }

  /**
   * The server compares before it writes, in two steps: of two at the same moment both may succeed.
   */
  @Override
  protected boolean isAtomic() {
    return false;
  }
}
