package dev.pgbackup.engine.postgres.session;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one server process. A session never moves to another server: when its server
 * ends, so does the session.
 */
public final class ServerSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);

  private static final String NOT_ALLOWED = "42501";

  private final Connection connection;
  private final ServerFacts facts;
  private final SqlErrors errors;

  ServerSession(Connection connection, ServerFacts facts, SqlErrors errors) {
    this.connection = connection;
    this.facts = facts;
    this.errors = errors;
  }

  /** In auto-commit mode, without statement, lock or idle timeouts, and with a safe search path. */
  public Connection jdbc() {
    return connection;
  }

  /** What the server said when the session began. */
  public ServerFacts facts() {
    return facts;
  }

  /** What errors of this session mean. */
  public SqlErrors errors() {
    return errors;
  }

  /**
   * Makes sure that this session leads to the server that said {@code expected}.
   *
   * @throws EngineException with {@code WrongServer}
   */
  public void requireSame(ServerFacts expected) {
    if (!facts.sameServer(expected)) {
      throw new EngineException(
          Reason.WrongServer,
          "The address leads to another server than before: expected "
              + expected.describe()
              + "; found "
              + facts.describe()
              + ". After a restart or a failover this ends by itself; "
              + "if it does not, the address is that of more than one server.");
    }
  }

  /**
   * Has the server make a checkpoint now.
   *
   * @return false if the role may not ask for one
   */
  public boolean checkpoint() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
      return true;
    } catch (SQLException e) {
      if (NOT_ALLOWED.equals(e.getSQLState())) {
        return false;
      }
      throw errors.of("making a checkpoint", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a session failed", e);
    }
  }
}
