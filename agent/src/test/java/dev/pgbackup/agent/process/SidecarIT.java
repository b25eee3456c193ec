package dev.pgbackup.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.BackupList;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A sidecar beside a plain PostgreSQL")
class SidecarIT {

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
  @DisplayName("rows 3, 4, 7: makes its slot, streams, takes the first backup, and says so")
  void firstSteps() {
    master.startSidecar();

    AgentStatus status = master.awaitReady();

    assertThat(status.archiving().state()).isEqualTo(State.Streaming);
    assertThat(status.archiving().slotName()).isEqualTo("pgbackup");
    assertThat(status.archiving().retainedBytes()).isNotNegative();
    assertThat(master.query("SELECT slot_name || wal_status FROM pg_replication_slots"))
        .isEqualTo("pgbackupreserved");
    assertThat(status.lastBackup().origin()).isEqualTo("Initial");
    assertThat(status.nextBackupTime()).isAfter(status.startedAt());
    assertThat(status.database().timeline()).isEqualTo(1);
    BackupList list =
        ContractJson.read(master.program().run("list", "-o", "json").out(), BackupList.class);
    assertThat(list.archiveId()).isEqualTo(status.archiveId());
    assertThat(list.backups())
        .singleElement()
        .satisfies(
            backup -> assertThat(backup.backupId()).isEqualTo(status.lastBackup().backupId()));
    assertThat(list.recoveryWindows())
        .singleElement()
        .satisfies(window -> assertThat(window.contiguous()).isTrue());
  }
}
