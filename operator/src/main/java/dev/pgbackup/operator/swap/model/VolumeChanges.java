package dev.pgbackup.operator.swap.model;

import dev.pgbackup.operator.patch.PatchOperation;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes of PersistentVolumes. While a volume is part of a swap its reclaim policy is Retain, and
 * what it was is noted on the volume itself: it outlives every other object.
 */
public final class VolumeChanges {

  private static final String RETAIN = "Retain";
  private static final String POLICY = "pgbackup.dev/original-reclaim-policy";
  private static final String RESTORE = "pgbackup.dev/swapped-by";
  private static final String CLAIM = "pgbackup.dev/claim-manifest";

  /** With it and a uid in its claimRef the controller would free a volume for everybody. */
  private static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

  private VolumeChanges() {}

  /** Whether a volume stays when its claim goes. */
  public static boolean isProtected(PersistentVolume volume) {
    return RETAIN.equals(volume.getSpec().getPersistentVolumeReclaimPolicy())
        && annotation(volume, POLICY).isPresent();
  }

  /**
   * Makes a volume stay when its claim goes. What was noted before is not noted anew: a retained
   * volume is still to become what it was in the beginning.
   *
   * @param restore whose swap it is
   * @param claim manifest of the claim that it is bound to, from which that can be made anew
   */
  public static List<PatchOperation> protect(
      PersistentVolume volume, String restore, String claim) {
    List<PatchOperation> patch = new ArrayList<>(annotations(volume));
    if (annotation(volume, POLICY).isEmpty()) {
      patch.add(annotate(POLICY, volume.getSpec().getPersistentVolumeReclaimPolicy()));
    }
    patch.add(annotate(RESTORE, restore));
    patch.add(annotate(CLAIM, claim));
    patch.add(PatchOperation.add("/spec/persistentVolumeReclaimPolicy", RETAIN));
    return patch;
  }

  /** Ends {@link #protect}; nothing if there is nothing to end. */
  public static List<PatchOperation> release(PersistentVolume volume) {
    Optional<String> policy = annotation(volume, POLICY);
    if (policy.isEmpty()) {
      return List.of();
    }
    List<PatchOperation> patch = new ArrayList<>();
    patch.add(PatchOperation.add("/spec/persistentVolumeReclaimPolicy", policy.get()));
    patch.add(PatchOperation.remove(pathOf(POLICY)));
    for (String note : List.of(RESTORE, CLAIM)) {
      if (annotation(volume, note).isPresent()) {
        patch.add(PatchOperation.remove(pathOf(note)));
      }
    }
    return patch;
  }

  /** Whether a volume would stay without its claim also after {@link #release}. */
  public static boolean staysByItself(PersistentVolume volume) {
    return RETAIN.equals(
        annotation(volume, POLICY).orElse(volume.getSpec().getPersistentVolumeReclaimPolicy()));
  }

  /** The manifest of the claim that a volume was bound to when it was protected. */
  public static Optional<String> claimManifest(PersistentVolume volume) {
    return annotation(volume, CLAIM);
  }

  /** Whether a volume is for that claim and no other, be it bound already or not. */
  public static boolean isFor(PersistentVolume volume, String namespace, String claim) {
    ObjectReference reference = volume.getSpec().getClaimRef();
    return reference != null
        && namespace.equals(reference.getNamespace())
        && claim.equals(reference.getName());
  }

  /** Whether nobody holds a volume, and nobody but that claim will get it. */
  public static boolean isReserved(PersistentVolume volume, String namespace, String claim) {
    return isFor(volume, namespace, claim) && volume.getSpec().getClaimRef().getUid() == null;
  }

  /** Whether a volume is not bound to any claim that is or was. */
  public static boolean isAvailable(PersistentVolume volume) {
    return volume.getStatus() != null && "Available".equals(volume.getStatus().getPhase());
  }

  /** Whether a volume's claim is gone. */
  public static boolean isReleased(PersistentVolume volume) {
    return volume.getStatus() != null && "Released".equals(volume.getStatus().getPhase());
  }

  /**
   * Reserves a volume for a claim: a reference by name only. The whole reference is replaced, since
   * a uid that stayed would mean a claim that is gone.
   */
  public static List<PatchOperation> reserve(
      PersistentVolume volume, String namespace, String claim) {
    List<PatchOperation> patch = new ArrayList<>();
    patch.add(
        PatchOperation.add(
            "/spec/claimRef",
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "PersistentVolumeClaim",
                "namespace",
                namespace,
                "name",
                claim)));
    if (annotation(volume, BOUND_BY_CONTROLLER).isPresent()) {
      patch.add(PatchOperation.remove(pathOf(BOUND_BY_CONTROLLER)));
    }
    return patch;
  }

  private static List<PatchOperation> annotations(PersistentVolume volume) {
    return volume.getMetadata().getAnnotations() == null
            || volume.getMetadata().getAnnotations().isEmpty()
        ? List.of(PatchOperation.add("/metadata/annotations", Map.of()))
        : List.of();
  }

  private static PatchOperation annotate(String key, String value) {
    return PatchOperation.add(pathOf(key), value);
  }

  private static String pathOf(String annotation) {
    return "/metadata/annotations/" + PatchOperation.key(annotation);
  }

  private static Optional<String> annotation(PersistentVolume volume, String key) {
    return Optional.ofNullable(volume.getMetadata().getAnnotations()).map(all -> all.get(key));
  }
}
