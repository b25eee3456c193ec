package dev.pgbackup.engine.postgres.session;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/**
 * Opens sessions with one server.
 *
 * <p>The host's name is resolved once, and the address kept as long as it answers: all sessions
 * lead to the same place. Works for a role with nothing but {@code deploy/sql/grants.sql}.
 */
public final class ServerSessions {

  private static final int PAGE = 8192;
  private static final int BLOCKS_PER_FILE = 131072;

  private final ConnectionSettings settings;
  private final SqlErrors errors;
  private @Nullable InetAddress address;

  public ServerSessions(ConnectionSettings settings) {
    this.settings = settings;
    this.errors = new SqlErrors(settings);
  }

  public ConnectionSettings settings() {
    return settings;
  }

  /**
   * Opens a session.
   *
   * @param purpose shown in {@code pg_stat_activity}, after {@code pgbackup}
   * @throws EngineException with a reason of the family {@code DATABASE}; {@code
   *     DatabaseUnreachable} if trying again may help
   */
  public ServerSession open(String purpose) {
    Connection connection = connect("pgbackup " + purpose);
    try {
      return new ServerSession(connection, examine(connection), errors);
    } catch (SQLException e) {
      close(connection);
      throw errors.of("beginning a session", e);
    } catch (RuntimeException e) {
      close(connection);
      throw e;
    }
  }

  private Connection connect(String applicationName) {
    SQLException last = null;
    for (InetAddress candidate : candidates()) {
      try {
        Connection connection = new Driver().connect(url(), properties(candidate, applicationName));
        keep(candidate);
        if (connection != null) {
          return connection;
        }
      } catch (SQLException e) {
        if (!isUnreachable(e)) {
          keep(candidate);
          throw errors.of("connecting", e);
        }
        last = e;
      }
    }
    keep(null);
    throw errors.of(
        "connecting", last != null ? last : new SQLException("the name has no address", "08001"));
  }

  private static boolean isUnreachable(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("08");
  }

  private synchronized void keep(@Nullable InetAddress working) {
    address = working;
  }

  private synchronized List<InetAddress> candidates() {
    try {
      List<InetAddress> candidates = new ArrayList<>();
      if (address != null) {
        candidates.add(address);
      } else {
        candidates.addAll(List.of(InetAddress.getAllByName(settings.host())));
      }
      return candidates;
    } catch (UnknownHostException e) {
      throw new EngineException(
          Reason.DatabaseUnreachable,
          "The host name \"" + settings.host() + "\" cannot be resolved. Check it, or the DNS.",
          e);
    }
  }

  private String url() {
    String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
    return "jdbc:postgresql://" + host + ":" + settings.port() + "/";
  }

  private Properties properties(InetAddress to, String applicationName) {
    Properties properties = new Properties();
    PGProperty.PG_DBNAME.set(properties, settings.database());
    PGProperty.USER.set(properties, settings.user());
    PGProperty.PASSWORD.set(properties, settings.password().get());
    PGProperty.APPLICATION_NAME.set(properties, applicationName);
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.0");
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.CONNECT_TIMEOUT.set(properties, seconds(settings.timeouts().connect().toMillis()));
    PGProperty.SOCKET_TIMEOUT.set(properties, seconds(settings.timeouts().answer().toMillis()));
    PGProperty.SOCKET_FACTORY.set(properties, PinnedSocketFactory.class.getName());
    PGProperty.SOCKET_FACTORY_ARG.set(properties, to.getHostAddress());
    PGProperty.SSL_MODE.set(properties, settings.tls().sslMode());
    if (settings.caFile() != null) {
      PGProperty.SSL_ROOT_CERT.set(properties, settings.caFile().toString());
    }
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    return properties;
  }

  private static int seconds(long millis) {
    return (int) ((millis + 999) / 1000);
  }

  private ServerFacts examine(Connection connection) throws SQLException {
    requireSupported(connection);
    try (Statement statement = connection.createStatement()) {
      requireNoPooler(connection, statement);
      quiet(statement, connection.getMetaData().getDatabaseMajorVersion());
      return facts(statement);
    }
  }

  private void requireSupported(Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    if (major < ServerVersion.OLDEST_MAJOR || major > ServerVersion.NEWEST_MAJOR) {
      throw new EngineException(
          Reason.UnsupportedServerVersion,
          "The server at "
              + settings.address()
              + " is PostgreSQL "
              + major
              + "; "
              + ServerVersion.OLDEST_MAJOR
              + " to "
              + ServerVersion.NEWEST_MAJOR
              + " are supported. Upgrade the server, or use a version of pgbackup that knows it.");
    }
  }

  private void requireNoPooler(Connection connection, Statement statement) throws SQLException {
    int announced = connection.unwrap(PGConnection.class).getBackendPID();
    try (ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
      row.next();
      if (row.getInt(1) != announced) {
        throw new EngineException(
            Reason.PoolerInBetween,
            "Between this agent and the server at "
                + settings.address()
                + " there is a connection pooler, behind which statements may reach different"
                + " servers. Give the address of PostgreSQL itself.");
      }
    }
  }

  /** Switches off what would end long statements and idle sessions. */
  private static void quiet(Statement statement, int major) throws SQLException {
    List<String> timeouts =
        new ArrayList<>(
            List.of("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"));
    if (major >= 14) {
      timeouts.add("idle_session_timeout");
    }
    if (major >= 17) {
      timeouts.add("transaction_timeout");
    }
    String off =
        timeouts.stream()
            .map(name -> "pg_catalog.set_config('" + name + "', '0', false)")
            .collect(Collectors.joining(", "));
    statement.execute(
        "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false), " + off);
  }

  private ServerFacts facts(Statement statement) throws SQLException {
    String query =
        """
        SELECT s.system_identifier,
               current_setting('server_version_num')::int AS version,
               i.bytes_per_wal_segment,
               i.database_block_size,
               i.wal_block_size,
               i.blocks_per_segment,
               i.data_page_checksum_version,
               pg_postmaster_start_time() AS started,
               r.in_recovery,
               c.timeline_id AS checkpoint_timeline,
               CASE WHEN NOT r.in_recovery
                    THEN pg_walfile_name(pg_current_wal_flush_lsn()) END AS wal_file,
               current_setting('wal_level') AS wal_level
          FROM pg_control_system() s, pg_control_init() i, pg_control_checkpoint() c,
               (SELECT pg_is_in_recovery() AS in_recovery) r
        """;
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      requireLayout(
          row.getInt("database_block_size"),
          row.getInt("wal_block_size"),
          row.getInt("blocks_per_segment"));
      String walFile = row.getString("wal_file");
      return new ServerFacts(
          new SystemIdentifier(row.getLong("system_identifier")),
          new ServerVersion(row.getInt("version")),
          new WalSegmentSize(row.getInt("bytes_per_wal_segment")),
          row.getObject("started", OffsetDateTime.class).toInstant(),
          row.getBoolean("in_recovery"),
          walFile == null
              ? new Timeline(row.getInt("checkpoint_timeline"))
              : Timeline.parseHex(walFile.substring(0, 8)),
          row.getString("wal_level"),
          row.getInt("data_page_checksum_version") != 0);
    }
  }

  private static void requireLayout(int block, int walBlock, int blocksPerFile) {
    if (block != PAGE || walBlock != PAGE || blocksPerFile != BLOCKS_PER_FILE) {
      throw new EngineException(
          Reason.UnsupportedLayout,
          "The server was built with pages of "
              + block
              + " bytes, WAL pages of "
              + walBlock
              + " and "
              + blocksPerFile
              + " pages per file; only PostgreSQL's defaults (8192, 8192, 131072) are supported.");
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // the failure that led here is the one to report
    }
  }
}
