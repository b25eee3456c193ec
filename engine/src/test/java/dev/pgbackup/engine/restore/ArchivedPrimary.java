package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.backup.BackupProgress;
import dev.pgbackup.engine.backup.BackupSettings;
import dev.pgbackup.engine.backup.BaseBackup;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.session.ConnectionSettings;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.postgres.session.TlsMode;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.replay.LocalReplayServer;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.wal.ArchivingListener;
import dev.pgbackup.engine.wal.ArchivingSettings;
import dev.pgbackup.engine.wal.WalArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import dev.pgbackup.testkit.Integrity;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * A server with a table of numbers, archived as the agent does it, and restores of it. What was
 * committed when is kept here, outside of the database.
 */
final class ArchivedPrimary implements AutoCloseable {

  static final String SLOT = "pgbackup_test";
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * A committed transaction that inserted one number.
   *
   * @param before a position before its first record
   * @param after a position behind its commit
   */
  record Tx(int number, long xid, Instant time, Lsn before, Lsn after) {}

  final PostgresServer server;
  final ObjectStore store;
  final Archive archive;
  private final WalArchiver archiver;
  private int next;

  /**
   * Begins to archive a server that runs.
   *
   * @param last the last number in its table
   */
  ArchivedPrimary(PostgresServer server, ObjectStore store, int last) {
    this.server = server;
    this.store = store;
    this.next = last;
    ServerSessions sessions = sessions(server);
    try (ServerSession session = sessions.open("test")) {
      ServerFacts facts = session.facts();
      this.archive =
          Archive.openOrCreate(
              store, facts.system(), facts.version().major(), facts.segmentSize(), 1);
    }
    this.archiver =
        new WalArchiver(
            archive,
            new Ownership(
                archive,
                new Ownership.Writer("testhost", "database", SLOT),
                null,
                Ownership.Lease.DEFAULT,
                Clock.systemUTC()),
            sessions,
            new ArchivingSettings(
                SLOT,
                Duration.ofMillis(300),
                Duration.ofSeconds(20),
                8 << 20,
                3,
                ArchivingSettings.RetainedWal.DEFAULT),
            CommitIndexer.factory(archive),
            ArchivingListener.NONE);
    archiver.start();
  }

  /** A new one, with the table. */
  static ArchivedPrimary create(PostgresServer.Builder builder, ObjectStore store)
      throws SQLException {
    PostgresServer server =
        builder.setting("track_commit_timestamp", "on").setting("max_wal_size", "64MB").create();
    try {
      server.execute("CREATE TABLE numbers (number int PRIMARY KEY, padding text)");
      return new ArchivedPrimary(server, store, 0);
    } catch (SQLException | RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  static ServerSessions sessions(PostgresServer server) {
    return new ServerSessions(
        new ConnectionSettings(
            server.host(),
            server.port(),
            "postgres",
            server.user(),
            server::password,
            TlsMode.Disable,
            null,
            ConnectionSettings.Timeouts.DEFAULT));
  }

  BackupManifest backup() {
    return BaseBackup.take(
        archive,
        sessions(server),
        BackupSettings.of(BackupManifest.Origin.Manual, "testhost", "pgbackup test"),
        archiver,
        BackupProgress.NONE);
  }

  /** A number that the caller inserts. */
  int nextNumber() {
    return ++next;
  }

  /** Commits the next number. */
  Tx commit() throws SQLException {
    return commit(0);
  }

  /**
   * Commits the next number.
   *
   * @param padding bytes of WAL to write with it, about
   */
  Tx commit(int padding) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      int number = ++next;
      Lsn before = position(statement);
      statement.execute(
          "INSERT INTO numbers SELECT "
              + number
              + ", string_agg(md5(random()::text), '') FROM generate_series(1, "
              + padding / 32
              + ")");
      long xid = xid(statement);
      connection.commit();
      Tx tx = new Tx(number, xid, time(statement, xid), before, position(statement));
      connection.commit();
      return tx;
    }
  }

  static Lsn position(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT pg_current_wal_insert_lsn()")) {
      row.next();
      return Lsn.parse(row.getString(1));
    }
  }

  static long xid(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT txid_current()")) {
      row.next();
      return row.getLong(1);
    }
  }

  static Instant time(Statement statement, long xid) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT pg_xact_commit_timestamp('" + xid + "'::xid)")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  /** Bytes of all that base backups have stored. */
  long bytesOfBundles() {
    return store
        .list(archive.layout().backups() + "/", "")
        .filter(object -> object.key().contains("/data/"))
        .mapToLong(ObjectInfo::size)
        .sum();
  }

  /** Restores a copy, and looks at it through a server that is started on it as anybody would. */
  void restored(RecoveryTarget target, Path directory, Look look) throws SQLException {
    restore(target, directory);
    look(directory, look);
  }

  /** Looks at a restored directory, whose pages, indexes and rows must all be in order. */
  void look(Path directory, Look look) throws SQLException {
    try (PostgresServer restored = on(directory).start()) {
      look.at(restored);
      assertThat(Integrity.check(restored)).isEmpty();
    }
  }

  /** A look at a restored server. */
  @FunctionalInterface
  interface Look {
    void at(PostgresServer restored) throws SQLException;
  }

  /** Waits until everything that the server wrote is in the store. */
  void flush() {
    archiver.flush(PATIENCE);
  }

  /** No more is archived; the right to write is given back. */
  void stopArchiving() {
    archiver.close(Duration.ofSeconds(10));
  }

  RestorePlan plan(RestoreRequest request) {
    return new RestorePlanner(archive).plan(request);
  }

  RestorePlan plan(RecoveryTarget target) {
    return plan(RestoreRequest.to(target, Purpose.Clone));
  }

  Restore restore(RestoreSettings settings, RestoreListener listener) {
    return Restore.of(
        archive,
        settings,
        new LocalReplayServer(server.binaries().binDirectory()),
        paused -> Review.Decision.Promote,
        listener);
  }

  /** Plans and restores a copy. */
  RestoreResult restore(RecoveryTarget target, Path directory) {
    return restore(RestoreSettings.into(directory), RestoreListener.NONE).run(plan(target));
  }

  /** A server on a restored directory, not started. */
  PostgresServer on(Path directory) {
    return PostgresServer.builder(server.binaries())
        .dataDirectory(directory)
        .password(server.password())
        .build();
  }

  /** The numbers in a restored directory, by starting a server on it as anybody would. */
  List<Integer> numbers(Path directory) throws SQLException {
    try (PostgresServer restored = on(directory).start()) {
      return numbers(restored);
    }
  }

  static List<Integer> numbers(PostgresServer server) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT number FROM numbers ORDER BY number")) {
      while (rows.next()) {
        numbers.add(rows.getInt(1));
      }
    }
    return numbers;
  }

  @Override
  public void close() {
    stopArchiving();
    server.close();
  }
}
