package dev.pgbackup.operator.swap.model;

import dev.pgbackup.operator.patch.PatchOperation;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The claims that a swap makes. None has an owner, none a label of others. */
public final class Claims {

  private static final String POLICY = "pgbackup.dev/retained-of-policy";
  private static final String CLAIM = "pgbackup.dev/retained-of-claim";
  private static final String RESTORE = "pgbackup.dev/retained-by";
  private static final String EXPIRED = "pgbackup.dev/expired-at";

  private Claims() {}

  /** Whether a claim is bound to a volume, or will be: that is decided by its spec. */
  public static boolean isOn(PersistentVolumeClaim claim, String volume) {
    return volume.equals(claim.getSpec().getVolumeName());
  }

  public static boolean isBound(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
  }

  /** Whether a claim has no volume yet. */
  public static boolean isUndecided(PersistentVolumeClaim claim) {
    return claim.getSpec().getVolumeName() == null || claim.getSpec().getVolumeName().isEmpty();
  }

  /**
   * A claim that holds a volume: of its class and modes, as large as it is.
   *
   * @param annotations of the claim
   */
  public static PersistentVolumeClaim holding(
      PersistentVolume volume, String namespace, String name, Map<String, String> annotations) {
    String volumeClass = volume.getSpec().getStorageClassName();
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withVolumeName(volume.getMetadata().getName())
        // Not absent: absent is the default class.
        .withStorageClassName(volumeClass == null ? "" : volumeClass)
        .withAccessModes(volume.getSpec().getAccessModes())
        .withVolumeMode(volume.getSpec().getVolumeMode())
        .withNewResources()
        .withRequests(Map.of("storage", volume.getSpec().getCapacity().get("storage")))
        .endResources()
        .endSpec()
        .build();
  }

  /** What a claim that keeps a volume remembers. */
  public static Map<String, String> retained(String policy, String claim, String restore) {
    return Map.of(POLICY, policy, CLAIM, claim, RESTORE, restore);
  }

  /**
   * The policy whose database the volume of a claim was taken from; nothing if it is no such one.
   */
  public static Optional<String> retainedOfPolicy(PersistentVolumeClaim claim) {
    return annotation(claim, POLICY);
  }

  /** The claim that the volume of a claim was taken from. */
  public static Optional<String> retainedOfClaim(PersistentVolumeClaim claim) {
    return annotation(claim, CLAIM);
  }

  /** Whether a claim keeps the volume that the restore of that name has replaced. */
  public static boolean isRetainedBy(PersistentVolumeClaim claim, String restore) {
    return annotation(claim, RESTORE).filter(restore::equals).isPresent();
  }

  /** Marks a claim whose time is over: from then on nobody puts its volume back. */
  public static List<PatchOperation> expire(Instant now) {
    return List.of(
        PatchOperation.add("/metadata/annotations/" + PatchOperation.key(EXPIRED), now.toString()));
  }

  public static boolean isExpired(PersistentVolumeClaim claim) {
    return annotation(claim, EXPIRED).isPresent();
  }

  private static Optional<String> annotation(PersistentVolumeClaim claim, String key) {
    return Optional.ofNullable(claim.getMetadata().getAnnotations()).map(all -> all.get(key));
  }

  /** The claim that another of the same manifest would be, with nothing of what it became. */
  public static PersistentVolumeClaim manifest(PersistentVolumeClaim claim) {
    Map<String, String> annotations =
        new HashMap<>(Objects.requireNonNullElse(claim.getMetadata().getAnnotations(), Map.of()));
    annotations
        .keySet()
        .removeIf(
            key ->
                key.contains("pv.kubernetes.io/")
                    || key.contains("volume.kubernetes.io/")
                    || key.contains("volume.beta.kubernetes.io/"));
    return new PersistentVolumeClaimBuilder(claim)
        .withNewMetadata()
        .withNamespace(claim.getMetadata().getNamespace())
        .withName(claim.getMetadata().getName())
        .withLabels(claim.getMetadata().getLabels())
        .withAnnotations(annotations)
        .endMetadata()
        .editSpec()
        .withVolumeName(null)
        .endSpec()
        .withStatus(null)
        .build();
  }
}
