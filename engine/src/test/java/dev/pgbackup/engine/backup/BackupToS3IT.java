package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.connect.ObjectStores;
import dev.pgbackup.engine.store.connect.StoreSettings;
import dev.pgbackup.engine.store.s3.S3Credentials;
import dev.pgbackup.engine.store.s3.S3Settings;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import dev.pgbackup.testkit.S3Server;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("B6: uploads of several parts to S3, whole or given up")
class BackupToS3IT {

  @TempDir private Path folder;
  private S3Server s3;
  private PostgresServer server;

  @BeforeEach
  void start() throws Exception {
    s3 = S3Server.s3proxy();
    server =
        PostgresServer.builder(PostgresBinaries.of(16)).setting("wal_keep_size", "1GB").create();
    server.execute(
        "CREATE TABLE t AS SELECT g AS id, (SELECT string_agg(md5(random()::text), '')"
            + " FROM generate_series(1, 40) WHERE g > 0) AS text FROM generate_series(1, 50000) g",
        "CHECKPOINT");
  }

  @AfterEach
  void stop() {
    server.close();
    s3.close();
  }

  @Test
  void whole_in_spite_of_a_spoiled_line() throws Exception {
    try (FaultProxy proxy = FaultProxy.http(s3.endpoint());
        ObjectStore store = store(proxy.endpoint())) {
      BackupFixture fixture = new BackupFixture(server, folder, any -> store);
      Once spoil = new Once(proxy::reset);

      BackupManifest manifest =
          fixture.take(
              Once.slowly(),
              status -> {
                spoil.at(status);
                if (status.bytesDone() > 24 << 20) {
                  proxy.pass();
                }
              });

      assertThat(spoil.isDone()).isTrue();
      String rows = server.query("SELECT sum(hashtext(t::text)) FROM t");
      server.stop(Mode.FAST);
      Path data = fixture.layDown(manifest);
      try (PostgresServer restored = fixture.recovering(manifest, data).start()) {
        assertThat(restored.query("SELECT sum(hashtext(t::text)) FROM t")).isEqualTo(rows);
      }
    }
  }

  @Test
  void given_up_when_the_server_goes_away_or_the_thread_is_interrupted() throws Exception {
    try (ObjectStore store = store(s3.endpoint())) {
      BackupFixture fixture = new BackupFixture(server, folder, any -> store);
      Once restart = new Once(() -> server.restart());
      Once interrupt = new Once(() -> Thread.currentThread().interrupt());

      assertFails(fixture, restart, Reason.BackupInterrupted);
      assertFails(fixture, interrupt, Reason.Interrupted);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(
              store.abortUncommitted(
                  fixture.archive().layout().backups() + "/",
                  Instant.now().plus(Duration.ofHours(1))))
          .isZero();
      assertThat(fixture.archive().catalog().newestFirst()).isEmpty();
      assertThat(fixture.archive().pins().find(RunningBackup.PIN)).isEmpty();

      BackupManifest manifest = fixture.take();
      assertThat(manifest.references()).isNotEmpty();
      assertThat(manifest.totals().newBytes()).isLessThan(manifest.totals().bytes());
    }
  }

  private static void assertFails(BackupFixture fixture, Once change, Reason reason) {
    assertThatThrownBy(() -> fixture.take(Once.slowly(), change))
        .isInstanceOfSatisfying(
            EngineException.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
    assertThat(change.isDone()).isTrue();
  }

  private ObjectStore store(URI endpoint) throws Exception {
    Path id = Files.writeString(folder.resolve("id"), s3.accessKey());
    Path secret = Files.writeString(folder.resolve("secret"), s3.secretKey());
    return ObjectStores.open(
        new StoreSettings.S3(
            S3Settings.bucket(s3.bucket())
                .region(s3.region())
                .endpoint(endpoint)
                .pathStyle(true)
                .credentials(new S3Credentials.KeyFiles(id, secret, Optional.empty()))
                .build()));
  }
}
