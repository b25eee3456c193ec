package dev.pgbackup.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.crds.backup.PgBackup;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("A policy")
class PolicyReconcilerTest {

  KubernetesClient client;
  private OperatorUnderTest operator;

  @BeforeEach
  void start() {
    operator = new OperatorUnderTest(client);
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  private Condition condition(PgBackupPolicy policy, ConditionType type) {
    return Conditions.find(policy.getStatus().conditions(), type).orElseThrow();
  }

  @Test
  @DisplayName("C1 runs an agent, shows what it says, and records its backups")
  void ready() {
    operator.createMaster();
    operator.createPolicy();
    PgBackupPolicy first = operator.reconcilePolicy();
    assertThat(condition(first, ConditionType.Ready).getReason()).isEqualTo("Starting");
    assertThat(operator.written())
        .containsExactly(
            "ServiceAccount pgbackup-master",
            "ConfigMap pgbackup-master",
            "Deployment pgbackup-master");

    operator.startAgentPod();
    operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(configHash()));
    operator
        .agent()
        .answers(
            "GET",
            Endpoints.BACKUPS,
            AgentStatuses.list(AgentStatuses.document(AgentStatuses.BACKUP_ID, "Initial")));
    PgBackupPolicy ready = operator.reconcilePolicy();

    assertThat(condition(ready, ConditionType.Ready).getStatus()).isEqualTo("True");
    assertThat(client.resources(PgBackup.class).inNamespace("shop").list().getItems())
        .singleElement()
        .satisfies(
            b -> {
              assertThat(b.getStatus().backupId()).isEqualTo(AgentStatuses.BACKUP_ID);
              assertThat(b.getMetadata().getName())
                  .isEqualTo(ready.getStatus().lastBackup().name());
            });
    assertThat(operator.events()).contains("Normal Archiving");
  }

  private String configHash() {
    ConfigMap map = client.configMaps().inNamespace("shop").withName("pgbackup-master").get();
    return new dev.pgbackup.operator.pod.ConfigText(map.getData().get("agent.yaml")).hash();
  }

  @Test
  @DisplayName("that is as it should be is not written to, and the bucket is not listed again")
  void quiet() {
    ready();
    String version = operator.policy().getMetadata().getResourceVersion();
    int written = operator.written().size();
    operator.clock().advance(Duration.ofSeconds(10));
    operator.reconcilePolicy();
    assertThat(operator.policy().getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(operator.written()).hasSize(written);
    assertThat(operator.agent().calls("GET", Endpoints.BACKUPS)).hasSize(1);
  }

  @Test
  @DisplayName("whose agent is silent asks it less and less often, and sees when it is back")
  void silent() {
    ready();
    operator.agent().isAway("GET", Endpoints.STATUS);
    int before = operator.agent().calls("GET", Endpoints.STATUS).size();
    PgBackupPolicy silent = operator.reconcilePolicy();
    assertThat(condition(silent, ConditionType.AgentAvailable).getStatus()).isEqualTo("False");
    int looks = 240;
    for (int look = 0; look < looks; look++) {
      operator.clock().advance(Duration.ofSeconds(15));
      silent = operator.reconcilePolicy();
      assertThat(condition(silent, ConditionType.AgentAvailable).getStatus()).isEqualTo("False");
    }
    // An hour has thirty times two minutes, before which it is asked every minute or sooner.
    assertThat(operator.agent().calls("GET", Endpoints.STATUS))
        .hasSizeBetween(before + 30, before + 45);

    operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(configHash()));
    operator.clock().advance(Duration.ofMinutes(2));
    assertThat(condition(operator.reconcilePolicy(), ConditionType.AgentAvailable).getStatus())
        .isEqualTo("True");
  }

  @Test
  @DisplayName("whose target is not there says so, with what was looked at, and runs nothing")
  void targetNotFound() {
    operator.createPolicy();
    PgBackupPolicy policy = operator.reconcilePolicy();
    assertThat(condition(policy, ConditionType.TargetResolved).getReason())
        .isEqualTo("TargetNotFound");
    assertThat(condition(policy, ConditionType.TargetResolved).getMessage())
        .contains("StatefulSet \"master\"", "shop");
    assertThat(operator.written()).isEmpty();
  }

  @Test
  @DisplayName("C2 is suspended and resumed by its agent's Deployment")
  void suspend() {
    ready();
    operator.editPolicy("suspend: false", "suspend: true");
    PgBackupPolicy suspended = operator.reconcilePolicy();
    assertThat(condition(suspended, ConditionType.Ready).getReason()).isEqualTo("Suspended");
    assertThat(deployment().getSpec().getReplicas()).isZero();
    operator.editPolicy("suspend: true", "suspend: false");
    operator.reconcilePolicy();
    assertThat(deployment().getSpec().getReplicas()).isEqualTo(1);
  }

  private Deployment deployment() {
    return client.apps().deployments().inNamespace("shop").withName("pgbackup-master").get();
  }

  @Test
  @DisplayName("C13 that is deleted stops its agent first, then drops the slot, then goes")
  void deleted() {
    ready();
    assertThat(operator.cleanUpPolicy()).isFalse();
    assertThat(deployment().getSpec().getReplicas()).isZero();
    assertThat(operator.retirementJob()).isNull();

    operator.stopAgentPod();
    assertThat(operator.cleanUpPolicy()).isFalse();
    assertThat(
            operator
                .retirementJob()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getArgs())
        .startsWith("detach");

    operator.finishRetirement("Complete");
    assertThat(operator.cleanUpPolicy()).isTrue();
    assertThat(operator.events()).doesNotContain("Warning SlotMayRemain");
  }

  @Test
  @DisplayName("C13 whose database is gone, or does not let go of the slot, is not held up")
  void deletedWithoutDatabase() {
    ready();
    operator.cleanUpPolicy();
    operator.clock().advance(Duration.ofSeconds(61));
    assertThat(operator.cleanUpPolicy()).isTrue();
    assertThat(operator.events()).contains("Warning SlotMayRemain");
    client.apps().statefulSets().inNamespace("shop").withName("master").delete();
    assertThat(operator.cleanUpPolicy()).isTrue();
  }
}
