package dev.pgbackup.testkit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through a whole database for damage, as {@code pg_amcheck --heapallindexed} does: every
 * page is read, so that its checksum is looked at; every B-tree is well ordered and leads to every
 * row; from PostgreSQL 14 on every heap is well formed.
 *
 * <p>Makes the extensions it needs, so the server must take writes the first time.
 */
public final class Integrity {

  private static final String FIRST_VERSION_WITH_HEAP_CHECK = "140000";

  private Integrity() {}

  /**
   * Checks the database of a session of a superuser.
   *
   * @return what was found, in PostgreSQL's words; empty if all is well
   */
  public static List<String> check(Connection connection) throws SQLException {
    List<String> findings = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS amcheck");
      statement.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm");
    }
    for (String query : reads(connection)) {
      run(connection, query, findings);
    }
    for (String query : indexChecks(connection)) {
      run(connection, query, findings);
    }
    if (version(connection).compareTo(FIRST_VERSION_WITH_HEAP_CHECK) >= 0) {
      for (String query : heapChecks(connection)) {
        run(connection, query, findings);
      }
    }
    return findings;
  }

  /**
   * Checks every database of a server that takes connections; each finding begins with its name.
   */
  public static List<String> check(PostgresServer server) throws SQLException {
    List<String> findings = new ArrayList<>();
    List<String> databases;
    try (Connection connection = server.connect()) {
      databases = strings(connection, "SELECT datname FROM pg_database WHERE datallowconn");
    }
    for (String database : databases) {
      try (Connection connection = server.connect(database)) {
        check(connection).forEach(finding -> findings.add(database + ": " + finding));
      }
    }
    return findings;
  }

  private static List<String> reads(Connection connection) throws SQLException {
    return strings(
        connection,
        """
        SELECT format('SELECT NULL FROM pg_prewarm(%s::regclass, ''buffer'', %L)', c.oid, f.fork)
        FROM pg_class c, unnest(ARRAY['main', 'fsm', 'vm', 'init']) AS f(fork)
        WHERE c.relkind IN ('r', 'i', 'S', 't', 'm') AND c.relpersistence <> 't'
          AND pg_relation_size(c.oid, f.fork) > 0
        """);
  }

  private static List<String> indexChecks(Connection connection) throws SQLException {
    return strings(
        connection,
        """
        SELECT format(
            'SELECT NULL FROM bt_index_check(%s::regclass, heapallindexed => true)', c.oid)
        FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
          JOIN pg_am a ON a.oid = c.relam
        WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence <> 't'
          AND i.indisvalid AND i.indisready
        """);
  }

  private static List<String> heapChecks(Connection connection) throws SQLException {
    return strings(
        connection,
        """
        SELECT format(
            'SELECT format(''%%s, block %%s, item %%s: %%s'', %s::regclass, blkno, offnum, msg)'
              ' FROM verify_heapam(%s::regclass)', c.oid, c.oid)
        FROM pg_class c
          LEFT JOIN pg_am a ON a.oid = c.relam
        WHERE (c.relkind IN ('r', 't', 'm') AND a.amname = 'heap') AND c.relpersistence <> 't'
        """);
  }

  /** A query's error is a finding, and so is what it returns. */
  private static void run(Connection connection, String query, List<String> findings) {
    try {
      findings.addAll(strings(connection, query));
    } catch (SQLException failure) {
      findings.add(query + ": " + failure.getMessage());
    }
  }

  private static String version(Connection connection) throws SQLException {
    return strings(connection, "SHOW server_version_num").get(0);
  }

  private static List<String> strings(Connection connection, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        String value = rows.getString(1);
        if (value != null) {
          values.add(value);
        }
      }
    }
    return values;
  }
}
