package dev.pgbackup.operator.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.fakes.Reports;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("A restore into a new volume")
class RestoreReconcilerTest {

  private static final String JOB = "pgbackup-restore-before-cc";

  KubernetesClient client;
  private OperatorUnderTest operator;

  @BeforeEach
  void start() {
    operator = new OperatorUnderTest(client);
    operator.createMaster();
    operator.createPolicy();
    operator.startAgentPod();
    operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(""));
    operator.agent().answers("POST", Endpoints.PLAN, Reports.PLAN);
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  private static Condition condition(PgRestore restore, ConditionType type) {
    return Conditions.find(restore.getStatus().conditions(), type).orElseThrow();
  }

  private @Nullable PersistentVolumeClaim claim() {
    return client.persistentVolumeClaims().inNamespace("shop").withName("before-cc").get();
  }

  private void restore() {
    operator.createRestore(Manifests.restore());
    operator.reconcileRestore();
    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
  }

  @Test
  @DisplayName(
      "C3 plans, asks the image, makes the volume, runs the Job, and says what was reached")
  void succeeds() {
    operator.createRestore(Manifests.restore());
    PgRestore planned = operator.reconcileRestore();
    assertThat(planned.getStatus().plan().backupId()).isEqualTo(AgentStatuses.BACKUP_ID);
    assertThat(planned.getStatus().target()).isEqualTo("transaction 635");
    assertThat(condition(planned, ConditionType.PreflightPassed).getStatus()).isEqualTo("True");
    assertThat(claim()).as("no volume before the image was asked").isNull();

    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
    assertThat(claim()).isNotNull();
    assertThat(
            operator.job(JOB).getSpec().getTemplate().getSpec().getSecurityContext().getRunAsUser())
        .isEqualTo(999);

    operator.startJobPod(JOB);
    operator
        .agent()
        .answers(
            "GET",
            Endpoints.STATUS,
            new RestoreStatus(
                1,
                RestoreStatus.Phase.Replaying,
                AgentStatuses.NOW,
                Reports.PLAN,
                new RestoreStatus.Progress(5L, 5L, "0/2E00000", AgentStatuses.NOW, "600", 80, 3L)));
    PgRestore replaying = operator.reconcileRestore();
    assertThat(replaying.getStatus().phase()).isEqualTo(RestorePhase.Replaying);
    assertThat(replaying.getStatus().progress().percent()).isEqualTo(80);

    operator.finishJob(JOB, "agent", "Complete", Reports.succeeded());
    PgRestore done = operator.reconcileRestore();
    assertThat(done.getStatus().phase()).isEqualTo(RestorePhase.Succeeded);
    assertThat(condition(done, ConditionType.Complete).getStatus()).isEqualTo("True");
    assertThat(condition(done, ConditionType.Stalled).getStatus()).isEqualTo("False");
    assertThat(done.getStatus().recovered().newTimeline()).isEqualTo(2);
    assertThat(done.getStatus().volume().claim()).isEqualTo("before-cc");
    assertThat(operator.events()).contains("Normal Restored");
  }

  @Test
  @DisplayName(
      "T6 what cannot be reached is refused at once with the reason, and nothing is created")
  void refused() {
    operator
        .agent()
        .refuses("POST", Endpoints.PLAN, 422, "TargetBeyondArchive", "The archive ends at 742.");
    operator.createRestore(Manifests.restore());
    PgRestore refused = operator.reconcileRestore();
    assertThat(refused.getStatus().phase()).isEqualTo(RestorePhase.Failed);
    assertThat(condition(refused, ConditionType.Stalled).getReason())
        .isEqualTo("TargetBeyondArchive");
    assertThat(condition(refused, ConditionType.PreflightPassed).getStatus()).isEqualTo("False");
    assertThat(refused.getStatus().message()).contains("742");
    assertThat(operator.written()).isEmpty();
    assertThat(claim()).isNull();
  }

  @Test
  @DisplayName(
      "what was committed before it was asked for is waited for, on its way into the archive")
  void awaitsArchive() {
    PgRestore restore = Manifests.restore();
    operator.createRestore(restore, AgentStatuses.NOW);
    assertThat(condition(operator.reconcileRestore(), ConditionType.Reconciling).getReason())
        .isEqualTo("AwaitingArchive");
    assertThat(operator.agent().calls("POST", Endpoints.PLAN)).isEmpty();
    operator.clock().advance(Duration.ofSeconds(15));
    assertThat(operator.reconcileRestore().getStatus().plan()).isNotNull();
  }

  @Test
  @DisplayName("a dry run ends with the plan")
  void dryRun() {
    operator.createRestore(Manifests.restore("spec:", "spec:\n  dryRun: true"));
    PgRestore planned = operator.reconcileRestore();
    assertThat(planned.getStatus().phase()).isEqualTo(RestorePhase.Succeeded);
    assertThat(condition(planned, ConditionType.Complete).getReason()).isEqualTo("DryRun");
    assertThat(planned.getStatus().plan().targetXid()).isEqualTo("635");
    assertThat(operator.written()).isEmpty();
  }

  @Test
  @DisplayName("C4 deleted and made again from the same manifest, nothing happens twice")
  void alreadyApplied() {
    restore();
    operator.finishJob(JOB, "agent", "Complete", Reports.succeeded());
    operator.reconcileRestore();
    client.resource(operator.restore()).delete();
    client.batch().v1().jobs().inNamespace("shop").delete();
    int written = operator.written().size();

    PgRestore again = Manifests.restore();
    again.getMetadata().setUid("another");
    operator.createRestore(again);
    PgRestore seen = operator.reconcileRestore();
    assertThat(seen.getStatus().phase()).isEqualTo(RestorePhase.AlreadyApplied);
    assertThat(condition(seen, ConditionType.Complete).getStatus()).isEqualTo("True");
    assertThat(operator.written()).hasSize(written);
    assertThat(operator.job(JOB)).isNull();
  }

  @Test
  @DisplayName("a claim of others is never touched")
  void foreignClaim() {
    client
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("before-cc")
                .endMetadata()
                .build())
        .create();
    operator.createRestore(Manifests.restore());
    PgRestore refused = operator.reconcileRestore();
    assertThat(condition(refused, ConditionType.Failed).getReason()).isEqualTo("ClaimExists");
    assertThat(operator.written()).isEmpty();
  }

  @Test
  @DisplayName("a Job that fails for good is told with the agent's own reason")
  void failed() {
    restore();
    operator.finishJob(
        JOB, "agent", "Failed", Reports.failed("NoSpace", "The volume is full. Give more."));
    PgRestore failed = operator.reconcileRestore();
    assertThat(failed.getStatus().phase()).isEqualTo(RestorePhase.Failed);
    assertThat(condition(failed, ConditionType.Failed).getReason()).isEqualTo("NoSpace");
    assertThat(failed.getStatus().message()).contains("The volume is full");
    assertThat(operator.events()).contains("Warning NoSpace");
  }

  @Test
  @DisplayName("is given up on request: its Job ends, and its volume stays")
  void aborted() {
    operator.createRestore(Manifests.restore("spec:", "spec:\n  abort: false"));
    operator.reconcileRestore();
    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
    assertThat(operator.job(JOB)).isNotNull();
    operator.editRestore("abort: false", "abort: true");
    PgRestore aborted = operator.reconcileRestore();
    assertThat(aborted.getStatus().phase()).isEqualTo(RestorePhase.Aborted);
    assertThat(operator.job(JOB)).isNull();
    assertThat(claim()).isNotNull();
  }

  @Test
  @DisplayName("without a running agent the plan is made by a Job")
  void planJob() {
    operator.stopAgentPod();
    operator.createRestore(Manifests.restore());
    PgRestore waiting = operator.reconcileRestore();
    assertThat(waiting.getStatus().phase()).isEqualTo(RestorePhase.Preflight);
    assertThat(
            operator
                .job(JOB + "-plan")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getArgs())
        .contains("plan", "--target-xid=635");
    assertThat(claim()).isNull();
  }

  @Test
  @DisplayName("a policy that is not there yet is waited for")
  void policyMissing() {
    client.resource(operator.policy()).delete();
    operator.createRestore(Manifests.restore());
    PgRestore waiting = operator.reconcileRestore();
    assertThat(waiting.getStatus().phase()).isEqualTo(RestorePhase.Pending);
    assertThat(condition(waiting, ConditionType.Reconciling).getReason())
        .isEqualTo("PolicyNotFound");
    assertThat(ContractJson.write(waiting.getStatus())).doesNotContain("\"plan\"");
  }
}
