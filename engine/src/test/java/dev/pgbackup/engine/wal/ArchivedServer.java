package dev.pgbackup.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.session.ConnectionSettings;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.postgres.session.TlsMode;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import dev.pgbackup.testkit.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A server whose WAL goes into a store, as the agent does it. */
final class ArchivedServer implements AutoCloseable {

  static final String SLOT = "pgbackup_test";
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final PostgresServer server;
  final ServerSessions sessions;
  final Archive archive;
  final ObjectStore store;
  final WalArchiver archiver;
  final List<Gap> gaps = new CopyOnWriteArrayList<>();
  final List<ArchivingState> states = new CopyOnWriteArrayList<>();

  private ArchivedServer(
      PostgresServer server,
      ServerSessions sessions,
      Archive archive,
      ObjectStore store,
      String database,
      String slot,
      UnaryOperator<ArchivingSettings> settings) {
    this.server = server;
    this.sessions = sessions;
    this.store = store;
    this.archive = archive;
    Ownership ownership =
        new Ownership(
            archive,
            new Ownership.Writer("testhost", database, slot),
            null,
            new Ownership.Lease(
                Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofMillis(200)),
            Clock.systemUTC());
    this.archiver =
        new WalArchiver(
            archive,
            ownership,
            sessions,
            settings.apply(
                new ArchivingSettings(
                    slot,
                    Duration.ofMillis(300),
                    Duration.ofSeconds(20),
                    8 << 20,
                    3,
                    ArchivingSettings.RetainedWal.DEFAULT)),
            CommitIndexer.factory(archive),
            new ArchivingListener() {
              @Override
              public void gapFound(Gap gap) {
                gaps.add(gap);
              }

              @Override
              public void stateChanged(ArchivingState before, ArchivingStatus now) {
                states.add(now.state());
              }
            });
  }

  static ServerSessions sessions(PostgresServer server) {
    return sessions(server, server.user(), server.password());
  }

  static ServerSessions sessions(PostgresServer server, String user, String password) {
    return new ServerSessions(
        new ConnectionSettings(
            server.host(),
            server.port(),
            "postgres",
            user,
            () -> password,
            TlsMode.Prefer,
            null,
            ConnectionSettings.Timeouts.DEFAULT));
  }

  /** Begins to archive. */
  static ArchivedServer start(PostgresServer server, ObjectStore store) {
    return start(server, store, sessions(server), UnaryOperator.identity());
  }

  static ArchivedServer start(
      PostgresServer server,
      ObjectStore store,
      ServerSessions sessions,
      UnaryOperator<ArchivingSettings> settings) {
    return start(server, store, sessions, "database", SLOT, settings);
  }

  static ArchivedServer startAs(
      PostgresServer server, ObjectStore store, String database, String slot) {
    return start(server, store, sessions(server), database, slot, UnaryOperator.identity());
  }

  private static ArchivedServer start(
      PostgresServer server,
      ObjectStore store,
      ServerSessions sessions,
      String database,
      String slot,
      UnaryOperator<ArchivingSettings> settings) {
    ServerFacts facts;
    try (ServerSession session = sessions.open("test")) {
      facts = session.facts();
    }
    Archive archive =
        Archive.openOrCreate(
            store, facts.system(), facts.version().major(), facts.segmentSize(), 1);
    ArchivedServer started =
        new ArchivedServer(server, sessions, archive, store, database, slot, settings);
    started.archiver.start();
    return started;
  }

  void awaitState(ArchivingState state) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(archiver.status().state()).isEqualTo(state));
  }

  Lsn flushPosition() throws SQLException {
    return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
  }

  /** Waits until the store has all that the server has on its disk now. */
  Lsn flush() {
    return archiver.flush(PATIENCE);
  }

  /** What the archive has, by way of what a restore reads. */
  byte[] archived(Timeline timeline, Lsn from, Lsn to) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new StoreArchivedWal(archive)
        .read(
            timeline,
            from,
            to,
            buffer -> {
              byte[] piece = new byte[buffer.remaining()];
              buffer.duplicate().get(piece);
              bytes.writeBytes(piece);
            });
    return bytes.toByteArray();
  }

  /** Compares all WAL of a timeline with the server's files, from the archive's first byte on. */
  void requireSameAsServer(Timeline timeline, Lsn from, Lsn to) throws IOException {
    Lsn position = from;
    while (position.isBefore(to)) {
      WalSegment segment = WalSegment.containing(timeline, position, archive.segmentSize());
      Lsn end = Lsn.min(segment.end(), to);
      Path file = server.dataDirectory().resolve("pg_wal").resolve(segment.fileName());
      byte[] onServer =
          Arrays.copyOfRange(
              Files.readAllBytes(file),
              (int) position.minus(segment.start()),
              (int) end.minus(segment.start()));
      assertThat(Arrays.equals(archived(timeline, position, end), onServer))
          .as("WAL of %s from %s to %s as on the server", segment, position, end)
          .isTrue();
      position = end;
    }
  }

  @Override
  public void close() {
    archiver.close(Duration.ofSeconds(10));
  }
}
