package dev.pgbackup.scenario;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A running PostgreSQL server, as its superuser. */
@FunctionalInterface
public interface Database {

  /** Opens a session in a database of the server. */
  Connection connect(String name) throws SQLException;

  /** Runs statements in a database, each in a transaction of its own. */
  default void execute(String name, String... statements) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of a query's rows. */
  default List<String> column(String name, String sql) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
      return List.copyOf(values);
    }
  }

  /** The only value of a query. */
  default String value(String name, String sql) throws SQLException {
    List<String> values = column(name, sql);
    if (values.size() != 1) {
      throw new SQLException(values.size() + " rows instead of one: " + sql);
    }
    return values.get(0);
  }

  /** The databases that somebody created, in alphabetical order. */
  default List<String> databases() throws SQLException {
    return column(
        "postgres",
        "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
            + " ORDER BY datname");
  }
}
