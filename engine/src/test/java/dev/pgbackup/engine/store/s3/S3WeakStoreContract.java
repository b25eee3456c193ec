package dev.pgbackup.engine.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectStoreContract;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.S3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store's contract on a server that cannot do everything: S3Mock, which checks no signatures,
 * behind a proxy that takes from requests what the server shall not understand.
 */
abstract class S3WeakStoreContract extends ObjectStoreContract {

  private static S3Server server;
  private static FaultProxy proxy;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    server = S3Server.s3mock();
    proxy = FaultProxy.http(server.endpoint());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    server.close();
  }

  /** Makes the server less able. */
  abstract void weaken(FaultProxy line);

  /** What the store must find out. */
  abstract S3Features expected();

  @Override
  protected ObjectStore openEmpty() {
    proxy.pass();
    weaken(proxy);
    return S3Store.open(new S3Keys(folder).write(server).settings(server, proxy).build());
  }

  @Override
  protected boolean isAtomic() {
    return false;
  }

  /** S3Mock loses the object of that name when an upload of another is given up. */
  @Override
  protected boolean survivesRefusedUploads() {
    return false;
  }

  /** Listings do not depend on what is taken from requests. */
  @Override
  protected boolean listsManyPages() {
    return false;
  }

  @Test
  void what_the_server_cannot_do_is_found_out() {
    assertThat(((S3Store) store).features()).isEqualTo(expected());
  }
}
