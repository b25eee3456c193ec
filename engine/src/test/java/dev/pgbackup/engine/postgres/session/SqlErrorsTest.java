package dev.pgbackup.engine.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An error of the server for want of a right says whose right is missing")
class SqlErrorsTest {

  private final SqlErrors errors =
      new SqlErrors(
          new ConnectionSettings(
              "db",
              5432,
              "postgres",
              "pgbackup",
              () -> "",
              TlsMode.Disable,
              null,
              ConnectionSettings.Timeouts.DEFAULT));

  private EngineException of(String message) {
    return errors.of("reading files", new SQLException(message, "42501"));
  }

  @Test
  @DisplayName("the role's, to call a function: the grant is named")
  void function() {
    EngineException error = of("ERROR: permission denied for function pg_read_binary_file");

    assertThat(error.reason()).isEqualTo(Reason.MissingGrant);
    assertThat(error)
        .hasMessageContaining(
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO pgbackup");
  }

  @Test
  @DisplayName("the server's own, to open a file: no grant is asked for")
  void file() {
    EngineException error =
        of("ERROR: could not open file \"base/5/1259\" for reading: Permission denied");

    assertThat(error.reason()).isEqualTo(Reason.DatabaseRefused);
    assertThat(error)
        .hasMessageContaining("base/5/1259")
        .hasMessageContaining("the user that PostgreSQL runs as")
        .hasMessageNotContaining("grants.sql");
  }
}
