package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("S1: a store that does not answer shows in the status while its callers still wait")
class StoreOutageIT {

  private Master master;

  @BeforeEach
  void begin(@TempDir Path folder) {
    master = new Master(folder);
  }

  @AfterEach
  void end() {
    master.close();
  }

  @Test
  @DisplayName("before the first contact, while it streams, and when the server is lost meanwhile")
  void hangs() throws Exception {
    master.line().hang();
    master.startSidecar();
    awaitStoreDown();
    master.line().pass();
    master.awaitReady();

    master.line().hang();
    master.execute("CREATE TABLE t AS SELECT generate_series(1, 1000)");
    awaitStoreDown();

    master.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pgbackup'");
    awaitStoreDown();

    master.line().pass();
    assertThat(master.awaitDurable().gaps()).isEmpty();
  }

  private void awaitStoreDown() {
    AgentStatus status =
        master.await("the store is down", s -> s.archiving().state() == State.StoreDown);
    assertThat(status.ready()).isFalse();
    assertThat(status.archiving().lastError().reason()).isEqualTo("BucketUnreachable");
    assertThat(status.problems()).anyMatch(p -> p.reason().equals("BucketUnreachable"));
  }
}
