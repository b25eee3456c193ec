package dev.pgbackup.engine.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("pg_control says the same as the server's own functions")
class ControlFileIT {

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void agreesWithTheServer(PostgresBinaries version) throws Exception {
    try (PostgresServer server =
        PostgresServer.builder(version)
            .walSegmentMiB(2)
            .dataChecksums(true)
            .setting("max_connections", "37")
            .setting("max_prepared_transactions", "5")
            .create()) {
      server.execute("CREATE TABLE t ()", "CHECKPOINT");
      ControlFile control = ControlFile.of(server.dataDirectory());

      assertThat(control.system())
          .hasToString(server.query("SELECT system_identifier FROM pg_control_system()"));
      assertThat(control.formatVersion())
          .isEqualTo(
              Integer.parseInt(server.query("SELECT pg_control_version FROM pg_control_system()")));
      assertThat(control.checkpoint())
          .hasToString(server.query("SELECT checkpoint_lsn FROM pg_control_checkpoint()"));
      assertThat(control.redo())
          .hasToString(server.query("SELECT redo_lsn FROM pg_control_checkpoint()"));
      assertThat(control.timeline())
          .hasToString(server.query("SELECT timeline_id FROM pg_control_checkpoint()"));
      assertThat(control.nextXid()).isEqualTo(nextXid(server));
      assertThat(control.segmentSize().bytes()).isEqualTo(2 << 20);
      assertThat(control.dataChecksums()).isTrue();
      assertThat(control.limits().maxConnections()).isEqualTo(37);
      assertThat(control.limits().maxPreparedTransactions()).isEqualTo(5);
      assertThat(control.limits().maxWalSenders()).isEqualTo(10);
      assertThat(control.limits().maxWorkerProcesses()).isEqualTo(8);
      assertThat(control.limits().maxLocksPerTransaction()).isEqualTo(64);
      assertThat(control.state()).isEqualTo(ClusterState.IN_PRODUCTION);

      server.stop(Mode.FAST);
      assertThat(ControlFile.of(server.dataDirectory()).state().isCleanlyShutDown()).isTrue();
    }
  }

  private static Xid nextXid(PostgresServer server) throws Exception {
    String[] parts = server.query("SELECT next_xid FROM pg_control_checkpoint()").split(":");
    return new Xid((Long.parseLong(parts[0]) << 32) | Long.parseLong(parts[1]));
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("a flipped bit is noticed")
  void noticesDamage(PostgresBinaries version) throws Exception {
    try (PostgresServer server = PostgresServer.builder(version).create()) {
      server.stop(Mode.FAST);
      Path file = server.dataDirectory().resolve(ControlFile.PATH);
      byte[] bytes = Files.readAllBytes(file);
      for (int position : new int[] {0, 33, 48, 150, 229, 260}) {
        byte[] damaged = bytes.clone();
        damaged[position] ^= 1;
        assertThatThrownBy(() -> ControlFile.parse(damaged))
            .as("bit flipped in byte " + position)
            .isInstanceOf(EngineException.class)
            .hasMessageContaining("checksum");
      }
    }
  }
}
