package dev.pgbackup.operator.swap.model;

import dev.pgbackup.operator.pod.Topology;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a volume that is reserved for a claim would be bound to it. Kubernetes passes over one
 * that does not fit without a word, and makes an empty one instead: so all of its conditions are
 * looked at beforehand.
 */
public final class Fit {

  private static final String FILESYSTEM = "Filesystem";

  private Fit() {}

  /**
   * What is in the way; nothing if it fits.
   *
   * @param claim as the API server would make it today, its defaults filled in
   */
  public static Optional<Unfit> of(PersistentVolumeClaim claim, PersistentVolume volume) {
    return storageClass(claim, volume)
        .or(() -> capacity(claim, volume))
        .or(() -> modes(claim, volume))
        .or(() -> selector(claim, volume));
  }

  /** Whether the database's pod could start on a volume that is bound to its claim. */
  public static Optional<Unfit> reach(PodSpec pod, PersistentVolume volume) {
    return Topology.excludes(pod, Topology.of(volume))
        ? unfit(
            "TopologyConflict",
            "Volume %s can only be used on nodes on which the database's pod may not run, by its node selector or affinity: it would never start there. Take a storage class that binds its volumes with their first pod (WaitForFirstConsumer)."
                .formatted(volume.getMetadata().getName()))
        : Optional.empty();
  }

  private static Optional<Unfit> storageClass(
      PersistentVolumeClaim claim, PersistentVolume volume) {
    String wanted = Objects.requireNonNullElse(claim.getSpec().getStorageClassName(), "");
    String has = Objects.requireNonNullElse(volume.getSpec().getStorageClassName(), "");
    return wanted.equals(has)
        ? Optional.empty()
        : unfit(
            "ClaimMismatch",
            "The database's claim would be made with storage class \"%s\" today, but volume %s is of class \"%s\": it would not be bound. Name the class in the workload's claim template, or restore with volume.storageClassName."
                .formatted(wanted, volume.getMetadata().getName(), has));
  }

  private static Optional<Unfit> capacity(PersistentVolumeClaim claim, PersistentVolume volume) {
    Quantity wanted = claim.getSpec().getResources().getRequests().get("storage");
    Quantity has = volume.getSpec().getCapacity().get("storage");
    return Quantity.getAmountInBytes(has).compareTo(Quantity.getAmountInBytes(wanted)) >= 0
        ? Optional.empty()
        : unfit(
            "CapacityTooSmall",
            "The database's claim would ask for %s today, but volume %s has only %s: it would not be bound."
                .formatted(wanted, volume.getMetadata().getName(), has));
  }

  private static Optional<Unfit> modes(PersistentVolumeClaim claim, PersistentVolume volume) {
    List<String> wanted = claim.getSpec().getAccessModes();
    if (!volume.getSpec().getAccessModes().containsAll(wanted)) {
      return unfit(
          "ClaimMismatch",
          "The database's claim would ask for the access modes %s today, but volume %s has %s: it would not be bound."
              .formatted(
                  wanted, volume.getMetadata().getName(), volume.getSpec().getAccessModes()));
    }
    String wantedMode = Objects.requireNonNullElse(claim.getSpec().getVolumeMode(), FILESYSTEM);
    String mode = Objects.requireNonNullElse(volume.getSpec().getVolumeMode(), FILESYSTEM);
    return wantedMode.equals(mode)
        ? Optional.empty()
        : unfit(
            "ClaimMismatch",
            "The database's claim would ask for volume mode %s today, but volume %s is of mode %s: it would not be bound."
                .formatted(wantedMode, volume.getMetadata().getName(), mode));
  }

  private static Optional<Unfit> selector(PersistentVolumeClaim claim, PersistentVolume volume) {
    return selects(claim.getSpec().getSelector(), volume.getMetadata().getLabels())
        ? Optional.empty()
        : unfit(
            "ClaimMismatch",
            "The database's claim has a selector that volume %s does not match: it would not be bound. Label the volume, or leave the selector out of the workload's claim template."
                .formatted(volume.getMetadata().getName()));
  }

  /** As Kubernetes does it: all labels, and all expressions. */
  static boolean selects(@Nullable LabelSelector selector, @Nullable Map<String, String> labels) {
    if (selector == null) {
      return true;
    }
    Map<String, String> has = labels == null ? Map.of() : labels;
    return (selector.getMatchLabels() == null
            || has.entrySet().containsAll(selector.getMatchLabels().entrySet()))
        && selector.getMatchExpressions().stream().allMatch(expression -> holds(expression, has));
  }

  private static boolean holds(LabelSelectorRequirement expression, Map<String, String> labels) {
    String value = labels.get(expression.getKey());
    return switch (expression.getOperator()) {
      case "In" -> value != null && expression.getValues().contains(value);
      case "NotIn" -> value == null || !expression.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }

  private static Optional<Unfit> unfit(String reason, String message) {
    return Optional.of(new Unfit(reason, message));
  }
}
