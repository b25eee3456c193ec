package dev.pgbackup.agent.http;

import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapRequest;
import java.util.Optional;

/** What can be asked of a sidecar; see {@link dev.pgbackup.contract.http.Endpoints}. */
public interface AgentApi {

  AgentStatus status();

  BackupList backups();

  BackupProgressStatus requestBackup(BackupRequest request);

  Optional<BackupProgressStatus> backupRequest(String requestId);

  PlanDocument plan(PlanRequest request);

  FlushResult flush();

  Pause pause();

  Pause pause(PauseRequest request);

  SwapPreparation prepareSwap(SwapRequest request);

  AgentStatus resume();

  /** In Prometheus' text format. */
  String metrics();
}
