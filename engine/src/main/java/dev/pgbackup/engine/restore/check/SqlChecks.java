package dev.pgbackup.engine.restore.check;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.Review;
import dev.pgbackup.engine.restore.replay.PausedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.core.Parser;

/**
 * Has checks answered by a server that waits at its target, and lets it be promoted only if all
 * pass.
 *
 * <p>A check is the query of a cursor, so it can be nothing but a query, in a transaction that is
 * read only, on a server that is in recovery. From PostgreSQL 14 on it has the rights of {@code
 * pg_read_all_data}, and no superuser's; before, there is no such role.
 */
public final class SqlChecks implements Review {

  private static final String NOT_YET = "57P03";
  private static final Duration START = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 50;
  private static final int GRACE_SECONDS = 5;
  private static final int READ_ALL_DATA = 14;

  private final List<SqlCheck> checks;
  private final List<Answer> answers = new CopyOnWriteArrayList<>();

  public SqlChecks(List<SqlCheck> checks) {
    this.checks = List.copyOf(checks);
  }

  /** The answers so far, in the order of the checks. */
  public List<Answer> answers() {
    return List.copyOf(answers);
  }

  /**
   * Asks.
   *
   * @throws EngineException with {@code ChecksFailed}
   */
  @Override
  public Decision look(PausedServer server) {
    answers.clear();
    checks.forEach(check -> answers.add(ask(server, check)));
    List<Answer> failed = answers.stream().filter(answer -> !answer.passed()).toList();
    if (!failed.isEmpty()) {
      throw new EngineException(
          Reason.ChecksFailed,
          "At the target "
              + failed.size()
              + " of "
              + answers.size()
              + " checks did not pass, so the server was not promoted: "
              + failed.stream()
                  .map(answer -> answer.check() + " (" + answer.complaint().orElseThrow() + ")")
                  .collect(Collectors.joining("; "))
              + ". Choose another target, or correct the check.");
    }
    return Decision.Promote;
  }

  private static Answer ask(PausedServer server, SqlCheck check) {
    String query = "DECLARE answer NO SCROLL CURSOR FOR " + check.sql();
    try {
      if (Parser.parseJdbcSql(query, true, false, true, false, false).size() != 1) {
        return Answer.of(check.name(), "it is more than one statement");
      }
      try (Connection connection = connect(server, check);
          Statement statement = connection.createStatement()) {
        if (connection.getMetaData().getDatabaseMajorVersion() >= READ_ALL_DATA) {
          statement.execute("SET ROLE pg_read_all_data");
        }
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        statement.execute(query);
        return answer(check, statement);
      }
    } catch (SQLException e) {
      return Answer.of(check.name(), said(e));
    }
  }

  private static Answer answer(SqlCheck check, Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("FETCH 2 FROM answer")) {
      if (rows.getMetaData().getColumnCount() != 1
          || rows.getMetaData().getColumnType(1) != Types.BIT) {
        return Answer.of(check.name(), "it returns something else than one boolean");
      }
      if (!rows.next()) {
        return Answer.of(check.name(), "it returns no row");
      }
      boolean value = rows.getBoolean(1);
      String shown = rows.wasNull() ? "null" : Boolean.toString(value);
      if (rows.next()) {
        return Answer.of(check.name(), "it returns more than one row");
      }
      return value
          ? new Answer(check.name(), java.util.Optional.empty())
          : Answer.of(check.name(), "it returns " + shown);
    }
  }

  /** A server that has just said that it waits may need a moment to let anybody in. */
  private static Connection connect(PausedServer server, SqlCheck check) throws SQLException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        return new Driver()
            .connect(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/", properties(server, check));
      } catch (SQLException e) {
        if (!NOT_YET.equals(e.getSQLState()) || System.nanoTime() - end > 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "The checks were interrupted.", e);
    }
  }

  private static Properties properties(PausedServer server, SqlCheck check) {
    Properties properties = new Properties();
    PGProperty.PG_DBNAME.set(properties, check.database());
    PGProperty.USER.set(properties, server.role());
    PGProperty.APPLICATION_NAME.set(properties, "pgbackup check");
    PGProperty.SSL_MODE.set(properties, "disable");
    PGProperty.OPTIONS.set(properties, "-c statement_timeout=" + check.atMost().toMillis());
    PGProperty.SOCKET_TIMEOUT.set(
        properties, Math.toIntExact(check.atMost().toSeconds()) + GRACE_SECONDS);
    return properties;
  }

  private static String said(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(message).replaceFirst("^(ERROR|FATAL): ", "");
  }
}
