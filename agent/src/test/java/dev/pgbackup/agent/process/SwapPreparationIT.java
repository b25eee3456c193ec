package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapPreparation.LogicalSlot;
import dev.pgbackup.contract.status.SwapPreparation.PreparedTransaction;
import dev.pgbackup.testkit.PostgresServer.Mode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Prepared for a swap that never comes")
class SwapPreparationIT {

  private Master master;

  @BeforeEach
  void begin(@TempDir Path folder) {
    master = new Master(folder);
    master.execute(
        "ALTER SYSTEM SET wal_level = logical", "ALTER SYSTEM SET max_prepared_transactions = 5");
    master.server().stop(Mode.FAST);
    master.server().start();
    master.execute("CREATE TABLE t (id int)");
  }

  @AfterEach
  void end() {
    master.close();
  }

  @Test
  @DisplayName(
      "a sidecar has said what would be lost, gave up a backup because it was told to, and goes on by itself in the end")
  void goesOn() {
    master.execute(
        "SELECT pg_create_logical_replication_slot('reader', 'test_decoding')",
        "BEGIN",
        "INSERT INTO t VALUES (1)",
        "PREPARE TRANSACTION 'waits'");
    master.configure("baseBackup: {maxRate: 1Mi}\n");
    master.startSidecar();
    BackupProgressStatus running =
        master
            .await(
                "it copies",
                s -> s.currentBackup() != null && s.currentBackup().bytesDone() != null)
            .currentBackup();

    HttpResponse<String> refused = master.post(Endpoints.PREPARE_SWAP, "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(ContractJson.read(refused.body(), Refusal.class).reason())
        .isEqualTo("BackupInProgress");
    assertThat(master.post(Endpoints.PAUSE, "{\"seconds\": 7200}").statusCode()).isEqualTo(400);

    HttpResponse<String> answer =
        master.post(Endpoints.PREPARE_SWAP, "{\"stopBackup\": true, \"pauseSeconds\": 3}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    SwapPreparation prepared = ContractJson.read(answer.body(), SwapPreparation.class);
    assertThat(prepared.systemIdentifier())
        .isEqualTo(master.query("SELECT system_identifier FROM pg_control_system()"));
    assertThat(prepared.logicalSlots())
        .containsExactly(new LogicalSlot("reader", "postgres", "test_decoding"));
    assertThat(prepared.preparedTransactions())
        .extracting(PreparedTransaction::gid)
        .containsExactly("waits");
    assertThat(master.status().orElseThrow().archiving().state()).isEqualTo(State.Stopped);
    assertThat(
            ContractJson.read(
                    master.get(Endpoints.BACKUP_REQUESTS + running.requestId()).body(),
                    BackupProgressStatus.class)
                .phase())
        .isEqualTo(BackupProgressStatus.Phase.Failed);

    master.await("it archives again", s -> s.archiving().state() == State.Streaming);
    assertThat(ContractJson.read(master.get(Endpoints.PAUSE).body(), Pause.class).until()).isNull();
    master.awaitDurable();
  }
}
