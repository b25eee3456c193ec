package dev.pgbackup.operator.swap.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Claims that a swap makes")
class ClaimsTest {

  @Test
  @DisplayName("one that holds a volume is of its class, modes and size, and belongs to nobody")
  void holding() {
    PersistentVolume volume =
        Manifests.read(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv-1, labels: {team: billing}}
            spec:
              storageClassName: retain
              accessModes: [ReadWriteOnce]
              volumeMode: Filesystem
              capacity: {storage: 12Gi}
            """,
            PersistentVolume.class);
    PersistentVolumeClaim claim =
        Claims.holding(
            volume, "shop", "kept", Claims.retained("master", "data-master-0", "restore"));
    assertThat(claim.getSpec().getVolumeName()).isEqualTo("pv-1");
    assertThat(claim.getSpec().getStorageClassName()).isEqualTo("retain");
    assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteOnce");
    assertThat(claim.getSpec().getResources().getRequests().get("storage")).hasToString("12Gi");
    assertThat(claim.getMetadata().getLabels()).isNullOrEmpty();
    assertThat(claim.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(Claims.retainedOfPolicy(claim)).contains("master");
    assertThat(Claims.retainedOfClaim(claim)).contains("data-master-0");
  }

  @Test
  @DisplayName("without a class it asks for none, which is not the default one")
  void noClass() {
    PersistentVolume volume =
        Manifests.read(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv-1}
            spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}
            """,
            PersistentVolume.class);
    assertThat(Claims.holding(volume, "shop", "kept", Map.of()).getSpec().getStorageClassName())
        .isEmpty();
  }

  @Test
  @DisplayName("a Deployment's claim is made anew from its manifest, without what it had become")
  void manifest() {
    PersistentVolumeClaim claim =
        Manifests.read(
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata:
              name: data
              namespace: shop
              uid: one
              resourceVersion: "7"
              finalizers: [kubernetes.io/pvc-protection]
              labels: {app: db}
              annotations:
                owner: team-a
                pv.kubernetes.io/bind-completed: "yes"
                volume.kubernetes.io/selected-node: node-1
                volume.beta.kubernetes.io/storage-provisioner: some
            spec:
              storageClassName: standard
              accessModes: [ReadWriteOnce]
              volumeName: pv-1
              resources: {requests: {storage: 1Gi}}
            status: {phase: Bound}
            """,
            PersistentVolumeClaim.class);
    PersistentVolumeClaim manifest = Claims.manifest(claim);
    assertThat(manifest.getMetadata().getName()).isEqualTo("data");
    assertThat(manifest.getMetadata().getLabels()).containsExactly(Map.entry("app", "db"));
    assertThat(manifest.getMetadata().getAnnotations()).containsExactly(Map.entry("owner", "team-a"));
    assertThat(manifest.getMetadata().getUid()).isNull();
    assertThat(manifest.getMetadata().getResourceVersion()).isNull();
    assertThat(manifest.getMetadata().getFinalizers()).isEmpty();
    assertThat(manifest.getSpec().getVolumeName()).isNull();
    assertThat(manifest.getSpec().getStorageClassName()).isEqualTo("standard");
    assertThat(manifest.getStatus()).isNull();
  }
}
