package dev.pgbackup.operator.swap.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.operator.patch.PatchOperation;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Changes of a volume in a swap")
class VolumeChangesTest {

  private static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
  private static final String ORIGINAL = "pgbackup.dev/original-reclaim-policy";

  private static PersistentVolume volume(String policy, Map<String, String> annotations) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName("pv-1")
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withPersistentVolumeReclaimPolicy(policy)
        .withNewClaimRef()
        .withNamespace("shop")
        .withName("restored")
        .withUid("uid-of-the-claim")
        .withResourceVersion("7")
        .endClaimRef()
        .endSpec()
        .withNewStatus()
        .withPhase("Released")
        .endStatus()
        .build();
  }

  private static List<String> paths(List<PatchOperation> patch) {
    return patch.stream().map(operation -> operation.op() + " " + operation.path()).toList();
  }

  @Test
  @DisplayName("a volume is kept, and what it was is noted on it")
  void protect() {
    List<PatchOperation> patch =
        VolumeChanges.protect(volume("Delete", Map.of("a", "b")), "shop/back", "{}");
    assertThat(patch)
        .contains(
            PatchOperation.add("/metadata/annotations/pgbackup.dev~1original-reclaim-policy", "Delete"),
            PatchOperation.add("/spec/persistentVolumeReclaimPolicy", "Retain"));
    assertThat(paths(patch)).doesNotContain("add /metadata/annotations");
  }

  @Test
  @DisplayName("a volume that is kept already still is to become what it was in the beginning")
  void protectedBefore() {
    PersistentVolume retained = volume("Retain", Map.of(ORIGINAL, "Delete"));
    assertThat(paths(VolumeChanges.protect(retained, "shop/undo", "{}")))
        .doesNotContain("add /metadata/annotations/pgbackup.dev~1original-reclaim-policy");
    assertThat(VolumeChanges.release(retained))
        .contains(PatchOperation.add("/spec/persistentVolumeReclaimPolicy", "Delete"));
  }

  @Test
  @DisplayName("a volume without annotations gets the place for them first")
  void noAnnotations() {
    assertThat(paths(VolumeChanges.protect(volume("Delete", Map.of()), "shop/back", "")).get(0))
        .isEqualTo("add /metadata/annotations");
  }

  @Test
  @DisplayName("only a volume whose policy was noted is protected: Retain alone may be an accident")
  void isProtected() {
    assertThat(VolumeChanges.isProtected(volume("Retain", Map.of(ORIGINAL, "Retain")))).isTrue();
    assertThat(VolumeChanges.isProtected(volume("Retain", Map.of()))).isFalse();
    assertThat(VolumeChanges.isProtected(volume("Delete", Map.of(ORIGINAL, "Delete")))).isFalse();
  }

  @Test
  @DisplayName("nothing is released that was never protected")
  void releaseNothing() {
    assertThat(VolumeChanges.release(volume("Delete", Map.of()))).isEmpty();
  }

  @Test
  @DisplayName(
      "a reservation replaces the whole reference, without a uid, and takes the controller's mark away")
  void reserve() {
    List<PatchOperation> patch =
        VolumeChanges.reserve(
            volume("Retain", Map.of(BOUND_BY_CONTROLLER, "yes")), "shop", "data-master-0");
    assertThat(patch)
        .containsExactly(
            PatchOperation.add(
                "/spec/claimRef",
                Map.of(
                    "apiVersion",
                    "v1",
                    "kind",
                    "PersistentVolumeClaim",
                    "namespace",
                    "shop",
                    "name",
                    "data-master-0")),
            PatchOperation.remove(
                "/metadata/annotations/pv.kubernetes.io~1bound-by-controller"));
  }

  @Test
  @DisplayName("a volume with the uid of a claim is bound or was, and not reserved")
  void isReserved() {
    PersistentVolume volume = volume("Retain", Map.of());
    assertThat(VolumeChanges.isFor(volume, "shop", "restored")).isTrue();
    assertThat(VolumeChanges.isReserved(volume, "shop", "restored")).isFalse();
    volume.getSpec().getClaimRef().setUid(null);
    assertThat(VolumeChanges.isReserved(volume, "shop", "restored")).isTrue();
    assertThat(VolumeChanges.isReserved(volume, "other", "restored")).isFalse();
  }
}
