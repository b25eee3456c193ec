package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Tablespace;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The session that a backup belongs to: it begins and ends with it, and PostgreSQL forgets a backup
 * whose session is gone. Used by one thread.
 */
final class SourceServer implements AutoCloseable {

  private static final int CONTROL_TRIES = 10;

  /** The first name comes when the last file of a folder has been looked at. */
  private static final int LISTING_TIMEOUT = (int) Duration.ofMinutes(15).toMillis();

  private static final int RENAMED_FUNCTIONS = 15;

  private final ServerSession session;
  private final Connection connection;
  private final ServerFacts facts;

  SourceServer(ServerSession session) {
    this.session = session;
    this.connection = session.jdbc();
    this.facts = session.facts();
  }

  ServerFacts facts() {
    return facts;
  }

  private boolean hasOldNames() {
    return facts.version().major() < RENAMED_FUNCTIONS;
  }

  /**
   * Where a backup began.
   *
   * @param start the redo position of its checkpoint
   */
  record Start(Lsn start, Xid nextXid, Instant at) {}

  /**
   * Begins the backup; takes as long as the checkpoint.
   *
   * @param fast whether the checkpoint is done as quickly as possible
   */
  Start start(String label, boolean fast) {
    String begin = hasOldNames() ? "pg_start_backup(?, ?, false)" : "pg_backup_start(?, ?)";
    String query =
        "SELECT b.lsn, pg_snapshot_xmax(pg_current_snapshot()) AS next_xid, clock_timestamp() AS at FROM "
            + begin
            + " AS b(lsn)";
    return interruptibly(
        "beginning the backup",
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, label);
            statement.setBoolean(2, fast);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return new Start(
                  Lsn.parse(row.getString("lsn")),
                  Xid.parse(row.getString("next_xid")),
                  time(row, "at"));
            }
          }
        });
  }

  /**
   * Where a backup ended.
   *
   * @param stop replay is consistent from here on
   * @param label the text of {@code backup_label}
   * @param tablespaceMap the text of {@code tablespace_map}; null if there is none
   */
  record Stop(Lsn stop, String label, @Nullable String tablespaceMap, Xid nextXid, Instant at) {}

  /** Ends the backup, without waiting for the server's own archiving. */
  Stop stop() {
    String end = hasOldNames() ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)";
    String query =
        "SELECT b.lsn, b.labelfile, b.spcmapfile, pg_snapshot_xmax(pg_current_snapshot()) AS next_xid,"
            + " clock_timestamp() AS at FROM "
            + end
            + " AS b";
    return interruptibly(
        "ending the backup",
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(query)) {
            row.next();
            String map = row.getString("spcmapfile");
            return new Stop(
                Lsn.parse(row.getString("lsn")),
                row.getString("labelfile"),
                map == null || map.isEmpty() ? null : map,
                Xid.parse(row.getString("next_xid")),
                time(row, "at"));
          }
        });
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** Runs a statement that may take long, so that interrupting this thread ends the session. */
  private <T> T interruptibly(String doing, Callable<T> statement) {
    FutureTask<T> task = new FutureTask<>(statement);
    Thread thread = new Thread(task, "pgbackup " + doing);
    thread.setDaemon(true);
    try {
      int timeout = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, 0);
      thread.start();
      T result = task.get();
      connection.setNetworkTimeout(Runnable::run, timeout);
      return result;
    } catch (SQLException failure) {
      throw session.errors().of(doing, failure);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof SQLException error) {
        throw session.errors().of(doing, error);
      }
      throw new IllegalStateException(doing, failure.getCause());
    } catch (InterruptedException interrupted) {
      abort();
      Thread.currentThread().interrupt();
      throw new EngineException(
          Reason.Interrupted, "The backup was interrupted while " + doing + ".", interrupted);
    }
  }

  /** Makes sure that the session, and with it the backup, is still alive. */
  void heartbeat() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT");
    } catch (SQLException failure) {
      throw session.errors().of("copying", failure);
    }
  }

  /** What is in a folder, by the order of the names; nothing if it has vanished. */
  DirectoryListing list(String path) {
    String folder = SqlText.literal(path.isEmpty() ? "." : path);
    String query =
        "SELECT n, f.size, f.isdir FROM pg_ls_dir("
            + folder
            + ", true, false) AS n, LATERAL pg_stat_file("
            + folder
            + " || '/' || n, true) AS f WHERE f.size IS NOT NULL ORDER BY n COLLATE \"C\"";
    DirectoryListing listing = new DirectoryListing();
    try {
      int timeout = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, LISTING_TIMEOUT);
      try (BinaryCopy rows = new BinaryCopy(connection, query)) {
        while (rows.next()) {
          listing.add(
              rows.buffer(), rows.offset(0), rows.length(0), rows.longAt(1), rows.booleanAt(2));
        }
      }
      connection.setNetworkTimeout(Runnable::run, timeout);
      return listing;
    } catch (SQLException failure) {
      throw session.errors().of("listing the files of " + path, failure);
    }
  }

  /** Whether the server has a replication slot of that name. */
  boolean hasSlot(String name) {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT FROM pg_replication_slots WHERE slot_name = ?")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    } catch (SQLException failure) {
      throw session.errors().of("asking for replication slots", failure);
    }
  }

  /**
   * Reads {@code pg_control}, again if it was just being written.
   *
   * @throws EngineException {@code UnsupportedLayout} if its checksum stays wrong
   */
  byte[] control() {
    EngineException last = null;
    for (int i = 0; i < CONTROL_TRIES; i++) {
      byte[] bytes = read(ControlFile.PATH);
      try {
        ControlFile.parse(bytes);
        return bytes;
      } catch (EngineException torn) {
        last = torn;
      }
    }
    throw Objects.requireNonNull(last);
  }

  private byte[] read(String path) {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_read_binary_file(?, 0, ?, false)")) {
      statement.setString(1, path);
      statement.setLong(2, ControlFile.SIZE);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBytes(1);
      }
    } catch (SQLException failure) {
      throw session.errors().of("reading " + path, failure);
    }
  }

  /** The only folder of a tablespace that belongs to this server. */
  String tablespaceVersionFolder() {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT catalog_version_no FROM pg_control_system()")) {
      row.next();
      return "PG_" + facts.version().major() + "_" + row.getLong(1);
    } catch (SQLException failure) {
      throw session.errors().of("asking for the catalog's version", failure);
    }
  }

  /** The tablespaces outside {@code base} and {@code global}. */
  List<Tablespace> tablespaces() {
    List<Long> oids = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT oid FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')"
                    + " ORDER BY oid")) {
      while (rows.next()) {
        oids.add(rows.getLong(1));
      }
    } catch (SQLException failure) {
      throw session.errors().of("asking for tablespaces", failure);
    }
    return oids.stream().map(oid -> new Tablespace(oid, location(oid))).toList();
  }

  private @Nullable String location(long oid) {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_tablespace_location(?)")) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String location = row.getString(1);
        return location.startsWith("/") ? location : null;
      }
    } catch (SQLException failure) {
      throw session.errors().of("asking where tablespace " + oid + " is", failure);
    }
  }

  /** What a restored server needs to know. */
  BackupManifest.Server describe() {
    Map<String, String> settings = new HashMap<>();
    String query =
        "SELECT name, current_setting(name) FROM pg_settings WHERE name IN ('max_connections',"
            + " 'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions',"
            + " 'max_locks_per_transaction', 'shared_preload_libraries', 'track_commit_timestamp',"
            + " 'data_directory', 'data_directory_mode')";
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          settings.put(rows.getString(1), rows.getString(2));
        }
      }
      String directory = settings.remove("data_directory");
      String mode = settings.remove("data_directory_mode");
      try (ResultSet row = statement.executeQuery("SELECT rolname FROM pg_roles WHERE oid = 10")) {
        row.next();
        return new BackupManifest.Server(
            facts.version(),
            facts.segmentSize(),
            facts.dataChecksums(),
            settings,
            row.getString(1),
            directory == null ? "" : directory,
            mode == null ? "0700" : mode);
      }
    } catch (SQLException failure) {
      throw session.errors().of("asking for settings", failure);
    }
  }

  /** Ends the session at once, from any thread. */
  void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException alreadyOver) {
      // that is what was wanted
    }
  }

  /** Ends the session, and with it a backup that was not stopped. */
  @Override
  public void close() {
    session.close();
  }
}
