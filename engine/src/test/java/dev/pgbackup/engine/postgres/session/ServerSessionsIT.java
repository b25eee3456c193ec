package dev.pgbackup.engine.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Sessions: what is asked of a server, and what is said when it does not give it")
class ServerSessionsIT {

  private static final Path GRANTS = Path.of("../deploy/sql/grants.sql");

  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.builder(PostgresBinaries.of(16)).stockHba().create();
    server.execute(Files.readString(GRANTS), "ALTER ROLE pgbackup PASSWORD 'right'");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ConnectionSettings settings(int port, String database, String password) {
    return new ConnectionSettings(
        server.host(),
        port,
        database,
        "pgbackup",
        () -> password,
        TlsMode.Prefer,
        null,
        ConnectionSettings.Timeouts.DEFAULT);
  }

  private static EngineException refusal(ConnectionSettings settings) {
    return catchThrowableOfType(
        EngineException.class, () -> new ServerSessions(settings).open("test").close());
  }

  @Test
  void aRoleWithNothingButTheGrantsGetsTheFacts() throws Exception {
    try (ServerSession session =
        new ServerSessions(settings(server.port(), "postgres", "right")).open("test")) {
      ServerFacts facts = session.facts();
      assertThat(facts.system())
          .hasToString(server.query("SELECT system_identifier FROM pg_control_system()"));
      assertThat(facts.version().major()).isEqualTo(16);
      assertThat(facts.segmentSize().bytes()).isEqualTo(16 << 20);
      assertThat(facts.timeline().number()).isEqualTo(1);
      assertThat(facts.inRecovery()).isFalse();
      assertThatCode(facts::requireArchivable).doesNotThrowAnyException();
      assertThat(show(session, "application_name")).isEqualTo("pgbackup test");
      assertThat(show(session, "statement_timeout")).isEqualTo("0");
      assertThat(show(session, "idle_session_timeout")).isEqualTo("0");
      assertThat(show(session, "search_path")).isEqualTo("pg_catalog, pg_temp");
    }
  }

  private static String show(ServerSession session, String setting) throws SQLException {
    try (Statement statement = session.jdbc().createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aMissingGrantIsNamed() throws Exception {
    try (ServerSession session =
            new ServerSessions(settings(server.port(), "template1", "right")).open("test");
        Statement statement = session.jdbc().createStatement()) {
      SQLException refused =
          catchThrowableOfType(
              SQLException.class,
              () -> statement.executeQuery("SELECT pg_read_binary_file('PG_VERSION', 0, 2, true)"));
      EngineException failure = session.errors().of("reading", refused);
      assertThat(failure.reason()).isEqualTo(Reason.MissingGrant);
      assertThat(failure)
          .hasMessageContaining(
              "GRANT EXECUTE ON FUNCTION"
                  + " pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO pgbackup;")
          .hasMessageContaining("template1");
    }
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() {
    EngineException failure = refusal(settings(server.port(), "postgres", "the wrong one"));
    assertThat(failure.reason()).isEqualTo(Reason.AuthenticationFailed);
    assertThat(failure.getMessage()).contains("pgbackup").doesNotContain("the wrong one");
  }

  @Test
  void theDatabaseThatIsNotThereIsNamed() {
    EngineException failure = refusal(settings(server.port(), "nowhere", "right"));
    assertThat(failure.reason()).isEqualTo(Reason.ConfigurationInvalid);
    assertThat(failure).hasMessageContaining("nowhere");
  }

  @Test
  void aServerThatIsNotThereMayComeBack() throws Exception {
    int closed;
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    EngineException failure = refusal(settings(closed, "postgres", "right"));
    assertThat(failure.reason()).isEqualTo(Reason.DatabaseUnreachable);
    assertThat(failure.isTransient()).isTrue();
  }

  @Test
  void aPoolerIsRefused() throws Exception {
    try (LyingPooler pooler = new LyingPooler(server.port())) {
      EngineException failure =
          refusal(
              new ConnectionSettings(
                  "127.0.0.1",
                  pooler.port(),
                  "postgres",
                  "pgbackup",
                  () -> "right",
                  TlsMode.Disable,
                  null,
                  ConnectionSettings.Timeouts.DEFAULT));
      assertThat(failure.reason()).isEqualTo(Reason.PoolerInBetween);
    }
  }

  @Test
  void thePasswordIsReadAgainAtEveryConnect() throws Exception {
    AtomicReference<String> password = new AtomicReference<>("wrong");
    ServerSessions sessions =
        new ServerSessions(
            new ConnectionSettings(
                server.host(),
                server.port(),
                "postgres",
                "pgbackup",
                password::get,
                TlsMode.Prefer,
                null,
                ConnectionSettings.Timeouts.DEFAULT));
    assertThat(catchThrowableOfType(EngineException.class, () -> sessions.open("test")).reason())
        .isEqualTo(Reason.AuthenticationFailed);
    password.set("right");
    sessions.open("test").close();
  }

  @Test
  void anotherServerIsNotTheSame() throws Exception {
    ServerSessions sessions = new ServerSessions(settings(server.port(), "postgres", "right"));
    ServerFacts before;
    try (ServerSession session = sessions.open("test")) {
      before = session.facts();
    }
    try (ServerSession session = sessions.open("test")) {
      assertThatCode(() -> session.requireSame(before)).doesNotThrowAnyException();
    }
    try (PostgresServer other = PostgresServer.builder(PostgresBinaries.of(16)).create()) {
      other.execute(Files.readString(GRANTS), "ALTER ROLE pgbackup PASSWORD 'right'");
      try (ServerSession session =
          new ServerSessions(settings(other.port(), "postgres", "right")).open("test")) {
        assertThat(
                catchThrowableOfType(EngineException.class, () -> session.requireSame(before))
                    .reason())
            .isEqualTo(Reason.WrongServer);
      }
    }
  }
}
