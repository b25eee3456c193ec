package dev.pgbackup.operator.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.backup.PgBackupSpec;
import dev.pgbackup.crds.common.PolicyRef;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("C2 A backup that is asked for")
class BackupReconcilerTest {

  private static final String NAME = "before-upgrade";

  KubernetesClient client;
  private OperatorUnderTest operator;

  @BeforeEach
  void start() {
    operator = new OperatorUnderTest(client);
    operator.createMaster();
    PgBackup request = new PgBackup();
    request.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName(NAME).withUid("uid-1").build());
    request.setSpec(new PgBackupSpec(new PolicyRef("master")));
    client.resource(request).create();
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  private void agentRuns() {
    operator.createPolicy();
    operator.startAgentPod();
  }

  private String uid() {
    return operator.backup(NAME).getMetadata().getUid();
  }

  private static BackupProgressStatus progress(
      String id, BackupProgressStatus.Phase phase, @Nullable Failure failure) {
    return new BackupProgressStatus(
        id,
        AgentStatuses.BACKUP_ID,
        "Manual",
        phase,
        AgentStatuses.NOW,
        null,
        50L,
        200L,
        1L,
        10L,
        15L,
        failure);
  }

  @Test
  @DisplayName("is handed to the agent once, with a token, and shown until it is in the archive")
  void completes() {
    agentRuns();
    operator
        .agent()
        .answers(
            "POST", Endpoints.BACKUPS, progress(uid(), BackupProgressStatus.Phase.Running, null));
    PgBackup running = operator.reconcileBackup(NAME);
    assertThat(running.getStatus().phase()).isEqualTo(BackupPhase.Running);
    assertThat(running.getStatus().progress().percent()).isEqualTo(25);
    assertThat(operator.agent().calls("POST", Endpoints.BACKUPS))
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.token()).isNotNull();
              assertThat(call.body()).contains(uid());
            });

    operator
        .agent()
        .answers(
            "GET",
            Endpoints.BACKUP_REQUESTS + uid(),
            progress(uid(), BackupProgressStatus.Phase.Completed, null));
    operator
        .agent()
        .answers(
            "GET",
            Endpoints.BACKUPS,
            AgentStatuses.list(AgentStatuses.document(AgentStatuses.BACKUP_ID, "Manual")));
    PgBackup completed = operator.reconcileBackup(NAME);
    assertThat(completed.getStatus().phase()).isEqualTo(BackupPhase.Completed);
    assertThat(completed.getStatus().endLsn()).isEqualTo("0/2000100");
    assertThat(operator.agent().calls("POST", Endpoints.BACKUPS)).hasSize(1);
  }

  @Test
  @DisplayName("is not taken twice when the agent was started anew after it was published")
  void agentRestarted() {
    agentRuns();
    operator
        .agent()
        .answers(
            "POST",
            Endpoints.BACKUPS,
            progress(uid(), BackupProgressStatus.Phase.WaitingForWal, null));
    operator.reconcileBackup(NAME);
    operator
        .agent()
        .answers(
            "GET",
            Endpoints.BACKUPS,
            AgentStatuses.list(AgentStatuses.document(AgentStatuses.BACKUP_ID, "Manual")));
    PgBackup completed = operator.reconcileBackup(NAME);
    assertThat(completed.getStatus().phase()).isEqualTo(BackupPhase.Completed);
    assertThat(operator.agent().calls("POST", Endpoints.BACKUPS)).hasSize(1);
  }

  @Test
  @DisplayName("waits for its policy, for the agent, and while another one runs")
  void waits() {
    assertThat(operator.reconcileBackup(NAME).getStatus().message()).contains("no PgBackupPolicy");
    operator.createPolicy();
    assertThat(operator.reconcileBackup(NAME).getStatus().message()).contains("does not run");
    operator.startAgentPod();
    operator.agent().refuses("POST", Endpoints.BACKUPS, 409, "BackupInProgress", "One runs.");
    PgBackup waiting = operator.reconcileBackup(NAME);
    assertThat(waiting.getStatus().phase()).isEqualTo(BackupPhase.Pending);
    assertThat(waiting.getStatus().message()).isEqualTo("One runs.");
  }

  @Test
  @DisplayName("that fails says why")
  void fails() {
    agentRuns();
    operator
        .agent()
        .answers(
            "POST",
            Endpoints.BACKUPS,
            progress(
                uid(),
                BackupProgressStatus.Phase.Failed,
                new Failure("MissingGrant", "Grant it.", AgentStatuses.NOW)));
    PgBackup failed = operator.reconcileBackup(NAME);
    assertThat(failed.getStatus().phase()).isEqualTo(BackupPhase.Failed);
    assertThat(failed.getStatus().message()).isEqualTo("Grant it.");
    assertThat(operator.events()).contains("Warning MissingGrant");
  }
}
