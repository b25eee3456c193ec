package dev.pgbackup.operator.swap;

import static dev.pgbackup.operator.fakes.FakeVolumes.CLAIM;
import static dev.pgbackup.operator.fakes.SwapUnderTest.OLD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.fakes.SwapUnderTest;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PodBuilder;
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

  private static final String RESTORE = "before-cc";
  private static final String KEPT = "data-master-0-before-before-cc";

  KubernetesClient client;
  KubernetesMockServer server;
  private SwapUnderTest swap;

  @BeforeEach
  void start() {
    swap = new SwapUnderTest(client, server);
  }

  @AfterEach
  void stop() {
    swap.close();
  }

  private void restoreVolume() {
    swap.rights(true);
    swap.restoreVolume(RESTORE);
  }

  private static Condition condition(PgRestore restore, ConditionType type) {
    return Conditions.find(restore.getStatus().conditions(), type).orElseThrow();
  }

  private void assertSwapped(PgRestore restore) {
    assertThat(restore.getStatus().phase())
        .as(restore.getStatus().message())
        .isEqualTo(RestorePhase.Succeeded);
    assertThat(swap.volumesNow())
        .containsExactlyInAnyOrder(
            restore.getStatus().swap().newPv() + " Bound " + CLAIM + " Delete",
            OLD + " Bound " + KEPT + " Retain protected");
    assertNothingIsHeld(restore);
  }

  private void assertNothingIsHeld(PgRestore restore) {
    assertThat(restore.getMetadata().getFinalizers()).isEmpty();
    assertThat(client.leases().inNamespace("shop").list().getItems()).isEmpty();
  }

  @Test
  @DisplayName("C6 the restored volume becomes the database's, the old one is kept by a claim")
  void swapped() {
    restoreVolume();
    PgRestore done = swap.goOn(RESTORE);
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
    assertThat(swap.operator().agent().calls("POST", Endpoints.PREPARE_SWAP)).hasSize(1);
  }

  @Test
  @DisplayName("the status keeps what is on the old volume only, and where the old branch ends")
  void told() {
    restoreVolume();
    SwapStatus told = swap.goOn(RESTORE).getStatus().swap();
    assertThat(told.warnings()).singleElement().asString().contains("cdc");
    assertThat(told.oldBranch()).isEqualTo(new SwapStatus.OldBranch(1L, "0/3000128", true));
  }

  @Test
  @DisplayName("the agent begins and deletes no backup by itself from the turn on until the end")
  void paused() {
    restoreVolume();
    assertThat(swap.operator().agent().calls("POST", Endpoints.PAUSE)).isNotEmpty();
    swap.goOnTo(RESTORE, SwapStep.BackingUp);
    assertThat(swap.operator().agent().calls("POST", Endpoints.RESUME)).isEmpty();
    swap.goOn(RESTORE);
    assertThat(swap.operator().agent().calls("POST", Endpoints.RESUME)).hasSize(1);
  }

  @Test
  @DisplayName("a backup that fails afterwards is told until the end; the swap stands")
  void noBackup() {
    swap.operator()
        .agent()
        .refuses("POST", Endpoints.BACKUPS, 422, "StoreRefused", "the bucket is read-only");
    restoreVolume();
    PgRestore done = swap.goOn(RESTORE);
    assertSwapped(done);
    assertThat(condition(done, ConditionType.PostBackupCompleted))
        .returns("False", Condition::getStatus)
        .returns("StoreRefused", Condition::getReason);
  }

  @Test
  @DisplayName("both volumes are protected, and the object is held, before a claim is deleted")
  void protectedFirst() {
    restoreVolume();
    PgRestore restore = swap.goOnTo(RESTORE, SwapStep.Reserving);
    assertThat(swap.volumesNow())
        .containsExactlyInAnyOrder(
            restore.getStatus().swap().newPv() + " Bound " + RESTORE + " Retain protected",
            OLD + " Bound " + CLAIM + " Retain protected");
    assertThat(restore.getMetadata().getFinalizers()).contains("pgbackup.dev/swap");
  }

  @Test
  @DisplayName("C9 never ready in time, the old volume is put back by itself")
  void rolledBack() {
    restoreVolume();
    swap.volumes().starts(false);
    swap.goOnTo(RESTORE, SwapStep.Verifying);
    swap.operator().clock().advance(Duration.ofMinutes(11));
    swap.volumes().starts(true);
    PgRestore back = swap.goOn(RESTORE);
    assertThat(back.getStatus().phase()).isEqualTo(RestorePhase.RolledBack);
    assertThat(condition(back, ConditionType.Failed).getReason()).isEqualTo("NotReadyRolledBack");
    assertThat(swap.volumesNow())
        .containsExactlyInAnyOrder(
            OLD + " Bound " + CLAIM + " Delete",
            back.getStatus().swap().newPv() + " Bound " + RESTORE + " Delete");
    assertNothingIsHeld(back);
  }

  @Test
  @DisplayName("bound to a foreign volume, the old one is put back, and no volume is deleted")
  void foreignBind() {
    restoreVolume();
    swap.volumes().createVolume("pv-foreign");
    swap.goOnTo(RESTORE, SwapStep.Fencing);
    swap.volumes().bindNextTo("pv-foreign");
    PgRestore back = swap.goOn(RESTORE);
    assertThat(back.getStatus().phase()).isEqualTo(RestorePhase.RolledBack);
    assertThat(condition(back, ConditionType.Failed).getReason()).isEqualTo("ForeignBind");
    assertThat(swap.volumesNow())
        .containsExactlyInAnyOrder(
            OLD + " Bound " + CLAIM + " Delete",
            back.getStatus().swap().newPv() + " Bound " + RESTORE + " Retain protected",
            "pv-foreign Bound " + CLAIM + "-foreign-" + RESTORE + " Delete");
    assertNothingIsHeld(back);
  }

  @Test
  @DisplayName("abort is obeyed until the database is stopped: everything is as it was")
  void aborted() {
    restoreVolume();
    swap.goOnTo(RESTORE, SwapStep.Reserving);
    swap.pass(RESTORE);
    assertThat(swap.claim(RESTORE)).as("already gone").isNull();
    swap.operator().editRestore("abort: false", "abort: true");
    PgRestore aborted = swap.goOn(RESTORE);
    assertThat(aborted.getStatus().phase()).isEqualTo(RestorePhase.Aborted);
    assertThat(swap.volumesNow())
        .containsExactlyInAnyOrder(
            OLD + " Bound " + CLAIM + " Delete",
            aborted.getStatus().swap().newPv() + " Bound " + RESTORE + " Delete");
    assertNothingIsHeld(aborted);
  }

  @Test
  @DisplayName("after the database is stopped abort is too late, and the swap is completed")
  void tooLate() {
    restoreVolume();
    swap.goOnTo(RESTORE, SwapStep.Fencing);
    swap.operator().editRestore("abort: false", "abort: true");
    assertSwapped(swap.goOn(RESTORE));
  }

  private void holdPod(List<String> finalizers) {
    client
        .pods()
        .inNamespace("shop")
        .withName("master-0")
        .edit(
            pod ->
                new PodBuilder(pod)
                    .editMetadata()
                    .withFinalizers(finalizers)
                    .endMetadata()
                    .build());
  }

  @Test
  @DisplayName("a pod that does not end is told of, not killed; when it has ended the swap goes on")
  void hangs() {
    restoreVolume();
    holdPod(List.of("example.com/hangs"));
    swap.goOnTo(RESTORE, SwapStep.Fencing);
    swap.pass(RESTORE);
    // The server of tests takes the time of a deletion from this machine.
    swap.operator().clock().advance(Duration.ofDays(36_500));
    PgRestore late =
        swap.goOnUntil(
            RESTORE,
            restore ->
                SwapUnderTest.isAt(restore, SwapStep.Fencing)
                    && condition(restore, ConditionType.Reconciling)
                        .getReason()
                        .equals("FenceTimeout"));
    assertThat(late.getStatus().message()).contains("master-0");
    assertThat(client.pods().inNamespace("shop").withName("master-0").get()).isNotNull();
    holdPod(List.of());
    assertSwapped(swap.goOn(RESTORE));
  }

  @Test
  @DisplayName("without the right over volumes it is refused before anything is created")
  void forbidden() {
    swap.rights(false);
    swap.operator().createRestore(SwapUnderTest.manifest(RESTORE));
    PgRestore refused = swap.operator().reconcileRestore(RESTORE);
    assertThat(condition(refused, ConditionType.Failed).getReason()).isEqualTo("PvPatchForbidden");
    assertThat(refused.getStatus().message()).contains("patch persistentvolumes");
    assertThat(client.batch().v1().jobs().inNamespace("shop").list().getItems()).isEmpty();
    assertNothingIsHeld(refused);
  }

  @Test
  @DisplayName("C5 a second restore of the database waits for the first")
  void turns() {
    restoreVolume();
    swap.operator().createRestore(SwapUnderTest.manifest("other"));
    PgRestore waiting = swap.pass("other");
    assertThat(waiting.getStatus().phase()).isEqualTo(RestorePhase.Pending);
    assertThat(condition(waiting, ConditionType.Reconciling).getReason())
        .isEqualTo("RestoreInProgress");
    assertThat(waiting.getStatus().message()).contains(RESTORE);
    swap.goOn(RESTORE);
    assertThat(condition(swap.pass("other"), ConditionType.Reconciling).getReason())
        .isNotEqualTo("RestoreInProgress");
  }

  @Test
  @DisplayName("C4 deleted and made again, nothing is swapped, and it says so")
  void alreadyApplied() {
    restoreVolume();
    swap.goOn(RESTORE);
    List<String> before = swap.volumesNow();
    client.resource(swap.operator().restore(RESTORE)).delete();
    client.batch().v1().jobs().inNamespace("shop").delete();
    PgRestore again = SwapUnderTest.manifest(RESTORE);
    again.getMetadata().setUid("another");
    swap.operator().createRestore(again);
    PgRestore seen = swap.pass(RESTORE);
    assertThat(seen.getStatus().phase()).isEqualTo(RestorePhase.AlreadyApplied);
    assertThat(seen.getStatus().message()).contains(KEPT);
    assertThat(swap.volumesNow()).isEqualTo(before);
    assertNothingIsHeld(seen);
  }
}
