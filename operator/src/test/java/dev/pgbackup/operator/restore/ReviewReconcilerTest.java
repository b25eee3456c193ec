package dev.pgbackup.operator.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.CheckList;
import dev.pgbackup.contract.restore.CheckResult;
import dev.pgbackup.contract.restore.RestoreStatus;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus.CheckOutcome;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.fakes.Reports;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("A restore that is looked at before it is made final")
class ReviewReconcilerTest {

  private static final String JOB = "pgbackup-restore-before-cc";
  private static final CheckResult PASSED = new CheckResult("orders", true, null);

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

  private void begin() {
    operator.createRestore(
        Manifests.restore(
            "target: {xid: \"635\"}",
            """
            target: {xid: "635"}
              approved: false
              review:
                pauseAtTarget: true
                approval: Manual
                checks: [{name: orders, sql: select count(*) > 0 from orders, database: shop}]
            """));
    operator.reconcileRestore();
    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
  }

  private void waits() {
    operator.startJobPod(JOB);
    operator
        .agent()
        .answers(
            "GET",
            Endpoints.STATUS,
            new RestoreStatus(
                1,
                RestoreStatus.Phase.AwaitingApproval,
                AgentStatuses.NOW,
                Reports.PLAN,
                null,
                List.of(PASSED),
                new RestoreStatus.PausedServer(43_210, "owner")));
  }

  private Map<String, String> files() {
    return client.configMaps().inNamespace("shop").withName(JOB).get().getData();
  }

  private static boolean holds(PgRestore restore, ConditionType type) {
    return Conditions.isTrue(restore.getStatus().conditions(), type);
  }

  @Test
  @DisplayName("hands the checks to the agent, which stops at the target and asks them")
  void checks() {
    begin();
    assertThat(operator.job(JOB).getSpec().getTemplate().getSpec().getContainers().get(0).getArgs())
        .contains(
            "--checks=/etc/pgbackup/config/checks.json",
            "--approval=/etc/pgbackup/config/approved");
    assertThat(ContractJson.read(files().get("checks.json"), CheckList.class).checks())
        .containsExactly(
            new CheckList.Check("orders", "select count(*) > 0 from orders", "shop", null));
    assertThat(files()).doesNotContainKey("approved");
  }

  @Test
  @DisplayName("says how to look and what to type, and goes on when it is approved")
  void approved() {
    begin();
    waits();
    PgRestore waiting = operator.reconcileRestore();
    assertThat(waiting.getStatus().phase()).isEqualTo(RestorePhase.AwaitingApproval);
    assertThat(waiting.getStatus().message())
        .contains(
            "kubectl exec -it " + JOB + "-x -c postgres -- psql -h 127.0.0.1 -p 43210 -U owner",
            "kubectl patch pgr/before-cc --type=merge -p '{\"spec\":{\"approved\":true}}'");
    assertThat(waiting.getStatus().checks())
        .containsExactly(new CheckOutcome("orders", true, null));
    assertThat(holds(waiting, ConditionType.ChecksPassed)).isTrue();
    assertThat(holds(waiting, ConditionType.Approved)).isFalse();
    assertThat(holds(waiting, ConditionType.Reconciling)).isTrue();
    assertThat(files()).doesNotContainKey("approved");
    assertThat(operator.events()).contains("Warning AwaitingApproval");

    operator.editRestore("approved: false", "approved: true");
    PgRestore approved = operator.reconcileRestore();
    assertThat(files()).containsKey("approved");
    assertThat(holds(approved, ConditionType.Approved)).isTrue();
    assertThat(approved.getStatus().phase()).isEqualTo(RestorePhase.Replaying);

    operator.finishJob(JOB, "agent", "Complete", Reports.succeeded(PASSED));
    assertThat(operator.reconcileRestore().getStatus().phase()).isEqualTo(RestorePhase.Succeeded);
  }

  @Test
  @DisplayName("ends when a check does not pass, and says which")
  void refused() {
    begin();
    operator.finishJob(
        JOB,
        "agent",
        "Failed",
        Reports.failed(
            "ChecksFailed",
            "orders (it returns false)",
            new CheckResult("orders", false, "it returns false")));
    PgRestore failed = operator.reconcileRestore();
    assertThat(failed.getStatus().phase()).isEqualTo(RestorePhase.Failed);
    assertThat(failed.getStatus().checks())
        .containsExactly(new CheckOutcome("orders", false, "it returns false"));
    assertThat(
            Conditions.find(failed.getStatus().conditions(), ConditionType.ChecksPassed)
                .orElseThrow()
                .getStatus())
        .isEqualTo("False");
    assertThat(
            Conditions.find(failed.getStatus().conditions(), ConditionType.Stalled)
                .orElseThrow()
                .getReason())
        .isEqualTo("ChecksFailed");
  }
}
