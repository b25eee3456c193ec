package dev.pgbackup.operator.swap.model;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Since when a database is ready. */
public final class Readiness {

  private Readiness() {}

  /**
   * When the first pod became ready that began after the database was stopped.
   *
   * @param pods that use its claim
   * @param stopped when that was
   */
  public static Optional<Instant> since(List<Pod> pods, Instant stopped) {
    return pods.stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        // Times of Kubernetes are cut to seconds.
        .filter(
            pod ->
                Instant.parse(pod.getMetadata().getCreationTimestamp())
                    .isAfter(stopped.minusSeconds(1)))
        .map(Readiness::of)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  private static Optional<Instant> of(Pod pod) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals("Ready") && "True".equals(c.getStatus()))
            .map(c -> Instant.parse(c.getLastTransitionTime()))
            .findFirst();
  }
}
