package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.decorate.RetryPolicy;
import dev.pgbackup.engine.store.decorate.RetryingStore;
import dev.pgbackup.engine.store.decorate.StoreMetrics;
import dev.pgbackup.engine.store.s3.S3Credentials;
import dev.pgbackup.engine.store.s3.S3Settings;
import dev.pgbackup.engine.store.s3.S3Store;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("WAL over S3, with the line spoiled")
class WalOverS3IT {

  private static S3Server s3;

  @TempDir private Path folder;
  private FaultProxy proxy;
  private ObjectStore store;
  private PostgresServer server;

  @BeforeAll
  static void startStore() {
    s3 = S3Server.s3proxy();
  }

  @AfterAll
  static void stopStore() {
    s3.close();
  }

  @BeforeEach
  void start() throws Exception {
    proxy = FaultProxy.http(s3.endpoint());
    Files.writeString(folder.resolve("id"), s3.accessKey());
    Files.writeString(folder.resolve("secret"), s3.secretKey());
    S3Settings settings =
        S3Settings.bucket(s3.bucket())
            .prefix("wal/" + UUID.randomUUID())
            .region(s3.region())
            .endpoint(proxy.endpoint())
            .pathStyle(true)
            .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(5))
            .credentials(
                new S3Credentials.KeyFiles(
                    folder.resolve("id"), folder.resolve("secret"), Optional.empty()))
            .build();
    store =
        new RetryingStore(
            S3Store.open(settings),
            new RetryPolicy(Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ofMillis(500)),
            StoreMetrics.NONE);
    server =
        Servers.quiet(PostgresServer.builder(PostgresBinaries.of(16)).walSegmentMiB(16))
            .setting("wal_keep_size", "1GB")
            .setting("min_wal_size", "80MB")
            .create();
    server.execute("CREATE TABLE t (id int, payload text)");
  }

  @AfterEach
  void stop() {
    proxy.pass();
    server.close();
    store.close();
    proxy.close();
  }

  /** Some MiB that do not compress. */
  private void write() throws Exception {
    server.execute(
        "INSERT INTO t SELECT i, (SELECT string_agg(encode(sha512((i * 100 + j)::text::bytea),"
            + " 'base64'), '') FROM generate_series(1, 20) j) FROM generate_series(1, 3000) i");
  }

  private static ArchivingSettings small(ArchivingSettings settings) {
    return new ArchivingSettings(
        settings.slotName(),
        settings.flushInterval(),
        settings.lagAfter(),
        4 << 20,
        settings.uploads(),
        settings.retained());
  }

  @Test
  @DisplayName("W1: segments bigger than the agent's memory go in parts, sealed from their tails")
  void sealsInParts() throws Exception {
    try (ArchivedServer archived = started(WalOverS3IT::small)) {
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      for (int i = 0; i < 5; i++) {
        write();
      }
      Lsn end = archived.flush();
      assertThat(end.minus(begin)).isGreaterThan(24L << 20);
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      await()
          .atMost(ArchivedServer.PATIENCE)
          .until(() -> Servers.isSealed(archived, Timeline.FIRST, begin));
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
      await()
          .atMost(ArchivedServer.PATIENCE)
          .until(() -> Servers.tails(archived, Timeline.FIRST, begin).isEmpty());
    }
  }

  @Test
  @DisplayName("W3: killed in the middle of an upload, nothing of it is left behind")
  void leavesNoUploads() throws Exception {
    Lsn begin;
    try (ArchivedServer archived = started(WalOverS3IT::small)) {
      begin = archived.archive.segmentSize().floor(archived.flush());
      archived.awaitState(ArchivingState.Streaming);
      proxy.when("PUT", ".*partNumber=2.*").hang().always();
      for (int i = 0; i < 4; i++) {
        write();
      }
      await()
          .atMost(ArchivedServer.PATIENCE)
          .until(() -> proxy.requests().stream().anyMatch(r -> r.contains("partNumber=2")));
      archived.archiver.close();
    }
    proxy.pass();
    try (ArchivedServer archived = started(UnaryOperator.identity())) {
      Lsn end = archived.flush();
      assertThat(
              store.abortUncommitted(
                  archived.archive.layout().wal() + "/", Instant.now().plus(Duration.ofDays(1))))
          .as("uploads that were never committed")
          .isZero();
      archived.requireSameAsServer(Timeline.FIRST, begin, end);
    }
  }

  @Test
  @DisplayName("W5: the store out of reach and back, uploads in flight: no hole, no second version")
  void survivesTheStore() throws Exception {
    try (ArchivedServer archived = started(UnaryOperator.identity())) {
      Lsn begin = archived.archive.segmentSize().floor(archived.flush());
      archived.awaitState(ArchivingState.Streaming);
      for (int i = 0; i < 3; i++) {
        proxy.hang();
        write();
        archived.awaitState(ArchivingState.StoreDown);
        proxy.pass();
        write();
        proxy.reset();
        proxy.when("PUT", ".*").loseAnswer().times(2);
        write();
        proxy.pass();
        Lsn end = archived.flush();
        archived.requireSameAsServer(Timeline.FIRST, begin, end);
      }
      archived.awaitState(ArchivingState.Streaming);
      assertThat(archived.gaps).isEmpty();
    }
  }

  private ArchivedServer started(UnaryOperator<ArchivingSettings> settings) {
    return ArchivedServer.start(server, store, ArchivedServer.sessions(server), settings);
  }
}
