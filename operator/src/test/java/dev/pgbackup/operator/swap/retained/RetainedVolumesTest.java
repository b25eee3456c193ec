package dev.pgbackup.operator.swap.retained;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.fakes.AgentStatuses;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.OperatorUnderTest;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("The volume that a swap has replaced")
class RetainedVolumesTest {

  private static final String KEPT = "data-master-0-before-before-cc";

  KubernetesClient client;
  private OperatorUnderTest operator;

  @BeforeEach
  void start() {
    operator = new OperatorUnderTest(client);
    operator.createMaster();
    operator.createPolicy();
  }

  @AfterEach
  void stop() {
    operator.close();
  }

  /** A swap that is done since now, and what it has kept. */
  private void swapped(String retainedVolume, String keptBy) {
    PgRestore restore =
        Manifests.read(
            """
            apiVersion: pgbackup.dev/v1alpha1
            kind: PgRestore
            metadata: {name: before-cc, namespace: shop, uid: 3b1c0a52-0000-4000-8000-000000000002, generation: 1}
            spec:
              source: {policyRef: {name: master}}
              target: {xid: "635"}
              mode: Swap
              retainedVolume: %s
            status:
              observedGeneration: 1
              phase: Succeeded
              completedAt: "%s"
              swap:
                step: Done
                policy: master
                claim: data-master-0
                oldPv: old
                newPv: new
                retainedClaim: %s
              conditions:
                - {type: OldVolumeRetained, status: "True", reason: OldVolumeRetained, message: It is kept., observedGeneration: 1,
                   lastTransitionTime: "2026-11-22T14:03:07Z"}
            """
                .formatted(retainedVolume, AgentStatuses.NOW, KEPT),
            PgRestore.class);
    operator.createRestore(restore);
    client.resource(restore).updateStatus();
    client
        .resource(
            Manifests.read(
                """
                apiVersion: v1
                kind: PersistentVolume
                metadata:
                  name: old
                  annotations: {pgbackup.dev/original-reclaim-policy: Delete}
                spec:
                  persistentVolumeReclaimPolicy: Retain
                  claimRef: {namespace: shop, name: %s}
                """
                    .formatted(KEPT),
                PersistentVolume.class))
        .create();
    client
        .resource(
            Manifests.read(
                """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata:
                  name: %s
                  namespace: shop
                  annotations:
                    pgbackup.dev/retained-of-policy: master
                    pgbackup.dev/retained-of-claim: data-master-0
                    pgbackup.dev/retained-by: %s
                spec: {volumeName: old}
                """
                    .formatted(KEPT, keptBy),
                PersistentVolumeClaim.class))
        .create();
  }

  private void undo() {
    client
        .resource(
            Manifests.read(
                """
                apiVersion: pgbackup.dev/v1alpha1
                kind: PgRestore
                metadata: {name: undo, namespace: shop, uid: 3b1c0a52-0000-4000-8000-000000000003, generation: 1}
                spec:
                  source: {retainedVolume: {restoreRef: {name: before-cc}}}
                  mode: Swap
                """,
                PgRestore.class))
        .create();
  }

  private @Nullable PersistentVolumeClaim kept() {
    return client.persistentVolumeClaims().inNamespace("shop").withName(KEPT).get();
  }

  private String reclaimPolicy() {
    return client
        .persistentVolumes()
        .withName("old")
        .get()
        .getSpec()
        .getPersistentVolumeReclaimPolicy();
  }

  private static Condition retained(PgRestore restore) {
    return Conditions.find(restore.getStatus().conditions(), ConditionType.OldVolumeRetained)
        .orElseThrow();
  }

  private long warnings(String reason) {
    return operator.events().stream().filter(("Warning " + reason)::equals).count();
  }

  @Test
  @DisplayName("is kept for ever if nobody has set a time for it")
  void forEver() {
    swapped("{claimName: " + KEPT + "}", "before-cc");
    operator.clock().advance(Duration.ofDays(10_000));
    assertThat(operator.reconcileRestore().getStatus().swap().expiresAt()).isNull();
    assertThat(kept()).isNotNull();
    assertThat(reclaimPolicy()).isEqualTo("Retain");
    assertThat(operator.events()).isEmpty();
  }

  @Test
  @DisplayName("leaves a restore whose status is about its spec, also one that changed afterwards")
  void seen() {
    swapped("{}", "before-cc");
    PgRestore before = operator.restore();
    before.setStatus(before.getStatus().seen(0L));
    client.resource(before).updateStatus();
    assertThat(operator.restore().getStatus().observedGeneration()).isZero();

    PgRestore restore = operator.reconcileRestore();
    Long generation = restore.getMetadata().getGeneration();
    assertThat(restore.getStatus().observedGeneration()).isEqualTo(generation);
    assertThat(retained(restore).getObservedGeneration()).isEqualTo(generation);
  }

  @Test
  @DisplayName(
      "goes after the time that was set, announced at once, warned of a day ahead, not before")
  void goes() {
    swapped("{ttl: 7d}", "before-cc");
    assertThat(operator.reconcileRestore().getStatus().swap().expiresAt())
        .isEqualTo(AgentStatuses.NOW.plus(Duration.ofDays(7)));
    assertThat(operator.events()).isEmpty();

    operator.clock().advance(Duration.ofDays(6));
    assertThat(retained(operator.reconcileRestore()).getReason())
        .isEqualTo("RetainedVolumeExpires");
    operator.reconcileRestore();
    assertThat(warnings("RetainedVolumeExpires")).isOne();

    operator.clock().advance(Duration.ofDays(1).minusSeconds(1));
    operator.reconcileRestore();
    assertThat(kept()).isNotNull();
    assertThat(reclaimPolicy()).isEqualTo("Retain");

    operator.clock().advance(Duration.ofSeconds(1));
    PgRestore ended = operator.reconcileRestore();
    assertThat(kept()).isNull();
    assertThat(reclaimPolicy()).isEqualTo("Delete");
    assertThat(retained(ended).getStatus()).isEqualTo("False");
    assertThat(warnings("RetainedVolumeExpired")).isOne();
  }

  @Test
  @DisplayName("cannot be put back after its time, and the undo says why")
  void noWayBack() {
    swapped("{ttl: 1s}", "before-cc");
    operator.clock().advance(Duration.ofSeconds(1));
    operator.reconcileRestore();
    undo();
    PgRestore undo = operator.reconcileRestore("undo");
    assertThat(undo.getStatus().phase()).isEqualTo(RestorePhase.Failed);
    assertThat(
            Conditions.find(undo.getStatus().conditions(), ConditionType.PreflightPassed)
                .orElseThrow()
                .getReason())
        .isEqualTo("RetainedVolumeExpired");
  }

  @Test
  @DisplayName("is kept when the time is taken back, also after the warning")
  void takenBack() {
    swapped("{ttl: 1h}", "before-cc");
    assertThat(retained(operator.reconcileRestore()).getReason())
        .isEqualTo("RetainedVolumeExpires");
    operator.editRestore("ttl: \"1h\"", "claimName: \"" + KEPT + "\"");
    operator.clock().advance(Duration.ofDays(1));
    PgRestore restore = operator.reconcileRestore();
    assertThat(restore.getStatus().swap().expiresAt()).isNull();
    assertThat(retained(restore).getReason()).isEqualTo("OldVolumeRetained");
    assertThat(kept()).isNotNull();
  }

  @Test
  @DisplayName("does not go while somebody puts it back")
  void wanted() {
    swapped("{ttl: 1s}", "before-cc");
    undo();
    operator.clock().advance(Duration.ofDays(1));
    operator.reconcileRestore();
    assertThat(kept()).isNotNull();
    assertThat(kept().getMetadata().getAnnotations()).doesNotContainKey("pgbackup.dev/expired-at");
    assertThat(reclaimPolicy()).isEqualTo("Retain");
  }

  @Test
  @DisplayName("is not taken for one that another restore keeps under the same name")
  void ofAnother() {
    swapped("{ttl: 1s}", "another");
    operator.clock().advance(Duration.ofDays(1));
    assertThat(retained(operator.reconcileRestore()).getReason()).isEqualTo("RetainedVolumeGone");
    assertThat(kept()).isNotNull();
    assertThat(reclaimPolicy()).isEqualTo("Retain");
  }

  @Test
  @DisplayName(
      "has a slot that nobody reads when the policy goes: that is said then, and to who wants it back")
  void slotWithoutPolicy() {
    swapped("{}", "before-cc");
    operator.cleanUpPolicy();
    assertThat(warnings("SlotOnRetainedVolume")).isOne();
    client.resource(operator.policy()).delete();
    undo();
    PgRestore undo = operator.reconcileRestore("undo");
    assertThat(undo.getStatus().phase()).isEqualTo(RestorePhase.Pending);
    assertThat(undo.getStatus().message()).contains("PgBackupPolicy \"master\"", "pgbackup_master");
  }
}
