package dev.pgbackup.operator.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.fakes.Reports;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("A restore that becomes a copy that runs")
class InstanceReconcilerTest {

  private static final String JOB = "pgbackup-restore-before-cc";
  private static final String COPY = "restored-before-cc";

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

  private static PgRestore manifest() {
    return Manifests.restore("target: {xid: \"635\"}", "target: {xid: \"635\"}\n  mode: Instance");
  }

  private void restore() {
    operator.createRestore(manifest());
    operator.reconcileRestore();
    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
    operator.finishJob(JOB, "agent", "Complete", Reports.succeeded());
  }

  private StatefulSet copy() {
    return client.apps().statefulSets().inNamespace("shop").withName(COPY).get();
  }

  private void pod(boolean ready, int restarts) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(COPY + "-0")
            .withLabels(copy().getSpec().getTemplate().getMetadata().getLabels())
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .withNewStatus()
            .addNewCondition()
            .withType("Ready")
            .withStatus(ready ? "True" : "False")
            .endCondition()
            .addNewContainerStatus()
            .withName("postgres")
            .withRestartCount(restarts)
            .withNewState()
            .withNewWaiting()
            .withReason("CrashLoopBackOff")
            .endWaiting()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();
    client.pods().inNamespace("shop").withName(COPY + "-0").withGracePeriod(0).delete();
    client.resource(pod).create();
    client.resource(pod).updateStatus();
  }

  private static String reason(PgRestore restore, ConditionType type) {
    return Conditions.find(restore.getStatus().conditions(), type).orElseThrow().getReason();
  }

  @Test
  @DisplayName("is Complete when the copy is ready, and says where that is")
  void runs() {
    restore();
    PgRestore starting = operator.reconcileRestore();
    assertThat(starting.getStatus().phase()).isEqualTo(RestorePhase.Starting);
    assertThat(starting.getStatus().preview()).isNull();
    assertThat(copy()).isNotNull();
    assertThat(client.services().inNamespace("shop").withName(COPY).get()).isNotNull();

    pod(true, 0);
    PgRestore done = operator.reconcileRestore();
    assertThat(done.getStatus().phase()).isEqualTo(RestorePhase.Succeeded);
    assertThat(done.getStatus().preview().address()).isEqualTo("restored-before-cc.shop.svc:5432");
    assertThat(done.getStatus().preview().pod()).isEqualTo("restored-before-cc-0");
    assertThat(Conditions.isTrue(done.getStatus().conditions(), ConditionType.DatabaseAvailable))
        .isTrue();
    assertThat(Conditions.isTrue(done.getStatus().conditions(), ConditionType.Complete)).isTrue();
  }

  @Test
  @DisplayName("is told while it does not start, and given up when it ends again and again")
  void fails() {
    restore();
    operator.reconcileRestore();
    pod(false, 1);
    assertThat(reason(operator.reconcileRestore(), ConditionType.Reconciling))
        .isEqualTo("ServerCrashLooping");
    pod(false, 4);
    PgRestore failed = operator.reconcileRestore();
    assertThat(failed.getStatus().phase()).isEqualTo(RestorePhase.Failed);
    assertThat(reason(failed, ConditionType.Stalled)).isEqualTo("InstanceNotStarting");
  }

  @Test
  @DisplayName(
      "is made anew for an object that is made anew, after the volume of the one before is gone")
  void again() {
    restore();
    operator.reconcileRestore();
    client.resource(operator.restore()).delete();
    PgRestore again = manifest();
    again.getMetadata().setUid("another");
    operator.createRestore(again);
    PgRestore waiting = operator.reconcileRestore();
    assertThat(waiting.getStatus().phase()).isEqualTo(RestorePhase.Pending);
    assertThat(reason(waiting, ConditionType.Reconciling)).isEqualTo("EarlierInstance");
    client.persistentVolumeClaims().inNamespace("shop").withName("before-cc").delete();
    assertThat(operator.reconcileRestore().getStatus().plan()).isNotNull();
  }

  @Test
  @DisplayName("never takes a claim of others")
  void foreign() {
    client
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("before-cc")
                .endMetadata()
                .build())
        .create();
    operator.createRestore(manifest());
    assertThat(reason(operator.reconcileRestore(), ConditionType.Failed)).isEqualTo("ClaimExists");
  }
}
