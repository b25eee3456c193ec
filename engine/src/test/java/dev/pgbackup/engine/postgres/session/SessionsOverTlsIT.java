package dev.pgbackup.engine.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.testkit.Authority;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Sessions over TLS: the server's certificate is verified as the mode says")
class SessionsOverTlsIT {

  @TempDir private static Path folder;
  private static Authority authority;
  private static Authority stranger;
  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    authority = Authority.create(Files.createDirectory(folder.resolve("authority")));
    stranger = Authority.create(Files.createDirectory(folder.resolve("stranger")));
    server =
        PostgresServer.builder(PostgresBinaries.of(16))
            .setting("ssl", "on")
            .setting("ssl_cert_file", authority.certificateFile().toString())
            .setting("ssl_key_file", authority.keyFile().toString())
            .create();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ServerSession open(String host, TlsMode mode, Authority trusted) {
    return new ServerSessions(
            new ConnectionSettings(
                host,
                server.port(),
                "postgres",
                server.user(),
                server::password,
                mode,
                trusted.caFile(),
                ConnectionSettings.Timeouts.DEFAULT))
        .open("test");
  }

  private static void assertEncrypted(ServerSession session) throws SQLException {
    try (session;
        Statement statement = session.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
      row.next();
      assertThat(row.getBoolean(1)).isTrue();
    }
  }

  @Test
  @DisplayName("verify-full: by an authority that is trusted, for the host that was asked for")
  void trusted() throws SQLException {
    assertEncrypted(open("localhost", TlsMode.VerifyFull, authority));
  }

  @Test
  @DisplayName("by an authority that is not trusted: refused, with what to give")
  void untrusted() {
    for (TlsMode mode : new TlsMode[] {TlsMode.VerifyCa, TlsMode.VerifyFull}) {
      assertThatThrownBy(() -> open("localhost", mode, stranger))
          .isInstanceOfSatisfying(
              EngineException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.ConfigurationInvalid))
          .hasMessageContaining("is not trusted")
          .hasMessageContaining(stranger.caFile().toString());
    }
  }

  @Test
  @DisplayName("for another host: refused by verify-full, taken by verify-ca")
  void otherHost() throws SQLException {
    assertThatThrownBy(() -> open("127.0.0.1", TlsMode.VerifyFull, authority))
        .isInstanceOfSatisfying(
            EngineException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.ConfigurationInvalid))
        .hasMessageContaining("is for another host name");
    assertEncrypted(open("127.0.0.1", TlsMode.VerifyCa, authority));
  }

  @Test
  @DisplayName("require: encrypted, whoever issued it")
  void unverified() throws SQLException {
    assertEncrypted(open("127.0.0.1", TlsMode.Require, stranger));
  }
}
