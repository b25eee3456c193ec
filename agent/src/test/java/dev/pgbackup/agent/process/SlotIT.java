package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupDocument;
import dev.pgbackup.contract.status.BackupList;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The slot")
class SlotIT {

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
  @DisplayName("W4 was dropped and WAL is gone: the gap is shown, and a backup taken by itself")
  void slotLost() {
    master.startSidecar();
    master.awaitReady();
    master.stopSidecar();
    master.execute("SELECT pg_drop_replication_slot('pgbackup')");
    for (int i = 0; i < 6; i++) {
      master.execute("SELECT pg_switch_wal()", "CREATE TABLE t" + i + " (n int)", "CHECKPOINT");
    }
    assertThat(
            master.query(
                "SELECT count(*) FROM pg_ls_waldir() WHERE name LIKE '00000001%' AND name < pg_walfile_name(pg_current_wal_lsn())"))
        .isEqualTo("0");

    master.startSidecar();

    AgentStatus status =
        master.await(
            "a backup behind the gap",
            s -> s.gaps().size() == 1 && s.recoveryWindows().size() == 2 && s.ready());
    assertThat(status.recoveryWindows().get(0).closedBy()).contains("no WAL");
    assertThat(status.recoveryWindows().get(1).contiguous()).isTrue();
    assertThat(status.lastBackup().origin()).isEqualTo("Initial");
  }

  @Test
  @DisplayName(
      "holds WAL back behind a backup that was taken without a sidecar, until one goes on or it is dropped")
  void standalone() {
    Program.Ended ended = master.program().run("backup", "-o", "json");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    BackupDocument backup = ContractJson.read(ended.out(), BackupDocument.class);
    assertThat(ended.err()).contains("Slot pgbackup holds WAL back");
    assertThat(master.program().run("verify", "--backup", backup.backupId()).exitCode()).isZero();
    assertThat(master.program().run("plan", "--target-immediate").exitCode()).isZero();
    master.startSidecar();
    AgentStatus status = master.awaitReady();
    assertThat(status.gaps()).isEmpty();
    assertThat(status.lastBackup().backupId()).isEqualTo(backup.backupId());
    assertThat(master.program().run("detach").exitCode()).isEqualTo(6);
    master.stopSidecar();
    assertThat(master.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("1");
    assertThat(master.program().run("detach").exitCode()).isZero();
    assertThat(master.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    assertThat(
            ContractJson.read(master.program().run("list", "-o", "json").out(), BackupList.class)
                .backups())
        .isNotEmpty();
    assertThat(master.program().run("detach").exitCode()).isZero();
  }
}
