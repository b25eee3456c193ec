package dev.pgbackup.operator.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.RestoreReport;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.FakeVolumes;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("A swap of volumes")
class SwapTest {

  private static final String JOB = "pgbackup-restore-before-cc";
  private static final String OLD = "pv-old";
  private static final String CLAIM = "data-master-0";
  private static final String KEPT = "data-master-0-before-before-cc";
  private static final String REVIEWS =
      "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  private static final int MANY = 60;
  private static final PlanDocument PLAN =
      new PlanDocument(
          1,
          AgentStatuses.ARCHIVE,
          "transaction 635, inclusive",
          AgentStatuses.BACKUP_ID,
          1,
          "0/2F00000",
          AgentStatuses.NOW,
          "635",
          List.of(1),
          2,
          1_000,
          50_000_000,
          10_000_000L,
          "17.2",
          List.of(),
          List.of());

  KubernetesClient client;
  KubernetesMockServer server;
  private OperatorUnderTest operator;
  private FakeVolumes volumes;

  @BeforeEach
  void start() {
    operator = new OperatorUnderTest(client);
    volumes = new FakeVolumes(client, operator.clock());
    operator.createMaster();
    volumes.createClass();
    volumes.createVolume(OLD);
    volumes.bindNextTo(OLD);
    volumes.settle();
    operator.createPolicy();
    operator.startAgentPod();
    operator.agent().answers("GET", Endpoints.STATUS, AgentStatuses.streaming(""));
    operator.agent().answers("POST", Endpoints.PLAN, PLAN);
    operator.agent().answers("POST", Endpoints.PREPARE_SWAP, new SwapPreparation(
                1,
                "7559123456789012345",
                1,
                "0/3000060",
                AgentStatuses.NOW.plusSeconds(900),
                true,
                List.of(new SwapPreparation.LogicalSlot("cdc", "postgres", "pgoutput")),
                List.of()));
    operator.agent().answers("POST", Endpoints.RESUME, AgentStatuses.streaming(""));
    operator
        .agent()
        .answers(
            "POST",
            Endpoints.BACKUPS,
            new BackupProgressStatus(
                "id",
                "20261122T150000Z-1111",
                "PostRestore",
                BackupProgressStatus.Phase.Completed,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null));
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  private void rights(boolean allowed) {
    server
        .expect()
        .post()
        .withPath(REVIEWS)
        .andReturn(201, "{\"status\":{\"allowed\":" + allowed + "}}")
        .always();
  }

  private static PgRestore manifest() {
    return Manifests.restore("spec:", "spec:\n  mode: Swap");
  }

  /** Until its volume is restored; the next pass is the first of the swap. */
  private void restoreVolume() {
    rights(true);
    operator.createRestore(manifest());
    operator.reconcileRestore();
    operator.finishJob(JOB + "-probe", "probe", "Complete", "uid=999 gid=999\n");
    operator.reconcileRestore();
    volumes.settle();
    operator.finishJob(
        JOB,
        "agent",
        "Complete",
        new RestoreReport(
                1,
                true,
                0,
                null,
                "done",
                AgentStatuses.NOW,
                AgentStatuses.NOW,
                null,
                new RestoreReport.Recovered("0/2F00000", AgentStatuses.NOW, "635", 1))
            .toTerminationMessage());
  }

  /** Passes, with the controllers of Kubernetes in between, until the restore is over. */
  private PgRestore goOn() {
    PgRestore restore = operator.restore();
    for (int i = 0; i < MANY && !isOver(restore); i++) {
      restore = pass();
    }
    return restore;
  }

  private void goOnTo(SwapStep step) {
    PgRestore restore = operator.restore();
    for (int i = 0; i < MANY && !isAt(restore, step); i++) {
      restore = pass();
    }
    assertThat(restore.getStatus().swap())
        .as(restore.getStatus().message())
        .returns(step, SwapStatus::step);
  }

  private PgRestore pass() {
    PgRestore restore = operator.reconcileRestore();
    volumes.settle();
    if (operator.job(JOB + "-wal") != null && isAt(restore, SwapStep.Archiving)) {
      operator.finishJob(JOB + "-wal", "agent", "Complete", "");
    }
    return restore;
  }

  private static boolean isAt(PgRestore restore, SwapStep step) {
    return restore.getStatus().swap() != null && restore.getStatus().swap().step() == step;
  }

  private static boolean isOver(PgRestore restore) {
    return restore.getStatus() != null
        && restore.getStatus().phase() != null
        && restore.getStatus().phase().isTerminal();
  }

  private PersistentVolumeClaim claim(String name) {
    return client.persistentVolumeClaims().inNamespace("shop").withName(name).get();
  }

  private PersistentVolume volume(String name) {
    return client.persistentVolumes().withName(name).get();
  }

  private static Condition condition(PgRestore restore, ConditionType type) {
    return Conditions.find(restore.getStatus().conditions(), type).orElseThrow();
  }

  private void assertSwapped(PgRestore restore) {
    assertThat(restore.getStatus().phase())
        .as(restore.getStatus().message())
        .isEqualTo(RestorePhase.Succeeded);
    String newVolume = restore.getStatus().swap().newPv();
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(newVolume).isNotEqualTo(OLD);
    assertThat(volume(newVolume).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Delete");
    assertThat(claim(KEPT).getSpec().getVolumeName()).isEqualTo(OLD);
    assertThat(volume(OLD).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
    assertThat(claim("before-cc")).isNull();
    assertThat(client.persistentVolumes().list().getItems()).hasSize(2);
    assertThat(operator.restore().getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  @DisplayName("C6 the restored volume becomes the database's, the old one is kept by a claim")
  void swapped() {
    restoreVolume();
    PgRestore done = goOn();
    assertSwapped(done);
    for (ConditionType type :
        List.of(
            ConditionType.Fenced,
            ConditionType.VolumeSwapped,
            ConditionType.OldVolumeRetained,
            ConditionType.DatabaseAvailable,
            ConditionType.PostBackupCompleted,
            ConditionType.Complete)) {
      assertThat(condition(done, type).getStatus()).as(type.name()).isEqualTo("True");
    }
    assertThat(done.getStatus().swap().downtimeSeconds()).isNotNull();
    assertThat(operator.agent().calls("POST", Endpoints.PREPARE_SWAP)).hasSize(1);
    assertThat(client.leases().inNamespace("shop").list().getItems()).isEmpty();
  }

  @Test
  @DisplayName("C8 killed after any pass, before it could note anything down, the swap is the same")
  void killed() {
    restoreVolume();
    for (int i = 0; i < MANY && !isOver(operator.restore()); i++) {
      operator.reconcileRestoreAndDie();
      volumes.settle();
      pass();
    }
    assertSwapped(operator.restore());
  }

  @Test
  @DisplayName("both volumes are protected, and the object is held, before a claim is deleted")
  void protectedFirst() {
    restoreVolume();
    goOnTo(SwapStep.Reserving);
    assertThat(claim("before-cc")).isNotNull();
    assertThat(operator.restore().getMetadata().getFinalizers()).contains("pgbackup.dev/swap");
    assertThat(client.persistentVolumes().list().getItems())
        .allSatisfy(
            volume ->
                assertThat(volume.getSpec().getPersistentVolumeReclaimPolicy())
                    .isEqualTo("Retain"));
  }

  @Test
  @DisplayName("C9 never ready in time, the old volume is put back by itself")
  void rolledBack() {
    restoreVolume();
    volumes.neverStarts(true);
    goOnTo(SwapStep.Verifying);
    operator.clock().advance(Duration.ofMinutes(11));
    volumes.neverStarts(false);
    PgRestore back = goOn();
    assertThat(back.getStatus().phase()).isEqualTo(RestorePhase.RolledBack);
    assertThat(condition(back, ConditionType.Failed).getReason()).isEqualTo("NotReadyRolledBack");
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(OLD);
    assertThat(volume(OLD).getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Delete");
    assertThat(claim("before-cc").getSpec().getVolumeName())
        .isEqualTo(back.getStatus().swap().newPv());
    assertThat(claim(KEPT)).isNull();
    assertThat(operator.restore().getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  @DisplayName("bound to a foreign volume, the old one is put back, and no volume is deleted")
  void foreignBind() {
    restoreVolume();
    volumes.createVolume("pv-foreign");
    goOnTo(SwapStep.Fencing);
    volumes.bindNextTo("pv-foreign");
    PgRestore back = goOn();
    assertThat(back.getStatus().phase()).isEqualTo(RestorePhase.RolledBack);
    assertThat(condition(back, ConditionType.Failed).getReason()).isEqualTo("ForeignBind");
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(OLD);
    assertThat(claim("before-cc").getSpec().getVolumeName())
        .isEqualTo(back.getStatus().swap().newPv());
    assertThat(claim("data-master-0-foreign-before-cc").getSpec().getVolumeName())
        .isEqualTo("pv-foreign");
    assertThat(client.persistentVolumes().list().getItems()).hasSize(3);
  }

  @Test
  @DisplayName("abort is obeyed until the database is stopped: everything is as it was")
  void aborted() {
    restoreVolume();
    goOnTo(SwapStep.Reserving);
    operator.reconcileRestore();
    volumes.settle();
    assertThat(claim("before-cc")).as("already on its way").isNull();
    operator.editRestore("abort: false", "abort: true");
    PgRestore aborted = goOn();
    assertThat(aborted.getStatus().phase()).isEqualTo(RestorePhase.Aborted);
    assertThat(claim(CLAIM).getSpec().getVolumeName()).isEqualTo(OLD);
    assertThat(claim("before-cc").getSpec().getVolumeName())
        .isEqualTo(aborted.getStatus().swap().newPv());
    assertThat(client.persistentVolumes().list().getItems())
        .allSatisfy(
            volume ->
                assertThat(volume.getSpec().getPersistentVolumeReclaimPolicy())
                    .isEqualTo("Delete"));
    assertThat(operator.restore().getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  @DisplayName("after the database is stopped abort is too late, and the swap is completed")
  void tooLate() {
    restoreVolume();
    goOnTo(SwapStep.Fencing);
    operator.editRestore("abort: false", "abort: true");
    assertSwapped(goOn());
  }

  @Test
  @DisplayName("without the right over volumes it is refused before anything is created")
  void forbidden() {
    rights(false);
    operator.createRestore(manifest());
    PgRestore refused = operator.reconcileRestore();
    assertThat(condition(refused, ConditionType.Failed).getReason()).isEqualTo("PvPatchForbidden");
    assertThat(refused.getStatus().message()).contains("patch persistentvolumes");
    assertThat(operator.job(JOB + "-probe")).isNull();
  }

  @Test
  @DisplayName("C5 a second restore of the database waits for the first")
  void turns() {
    restoreVolume();
    PgRestore other = manifest();
    other.getMetadata().setName("other");
    other.getMetadata().setUid("other");
    client.resource(other).create();
    PgRestore waiting = operator.reconcileRestore("other");
    assertThat(waiting.getStatus().phase()).isEqualTo(RestorePhase.Pending);
    assertThat(condition(waiting, ConditionType.Reconciling).getReason())
        .isEqualTo("RestoreInProgress");
    assertThat(waiting.getStatus().message()).contains("before-cc");
    goOn();
    assertThat(condition(operator.reconcileRestore("other"), ConditionType.Reconciling).getReason())
        .isNotEqualTo("RestoreInProgress");
  }

  @Test
  @DisplayName("C4 deleted and made again, nothing is swapped, and it says so")
  void alreadyApplied() {
    restoreVolume();
    goOn();
    client.resource(operator.restore()).delete();
    client.batch().v1().jobs().inNamespace("shop").delete();
    PgRestore again = manifest();
    again.getMetadata().setUid("another");
    operator.createRestore(again);
    PgRestore seen = operator.reconcileRestore();
    assertThat(seen.getStatus().phase()).isEqualTo(RestorePhase.AlreadyApplied);
    assertThat(seen.getStatus().message()).contains(KEPT);
    assertThat(operator.job(JOB)).isNull();
  }
}
