package dev.pgbackup.operator.workload;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What runs PostgreSQL: a StatefulSet or a Deployment, as far as backups care.
 *
 * @param serviceName the Service that governs a StatefulSet
 * @param template of its pods
 * @param claimTemplates a StatefulSet's volumeClaimTemplates
 * @param firstOrdinal number of a StatefulSet's first pod
 * @param labels its own
 * @param annotations its own
 */
public record Workload(
    String kind,
    String namespace,
    String name,
    int replicas,
    @Nullable String serviceName,
    PodTemplateSpec template,
    List<PersistentVolumeClaim> claimTemplates,
    int firstOrdinal,
    Map<String, String> labels,
    Map<String, String> annotations) {

  public Workload {
    claimTemplates = List.copyOf(claimTemplates);
  }

  public static Workload of(StatefulSet set) {
    Integer start =
        set.getSpec().getOrdinals() == null ? null : set.getSpec().getOrdinals().getStart();
    return new Workload(
        "StatefulSet",
        set.getMetadata().getNamespace(),
        set.getMetadata().getName(),
        Objects.requireNonNullElse(set.getSpec().getReplicas(), 1),
        set.getSpec().getServiceName(),
        set.getSpec().getTemplate(),
        Objects.requireNonNullElse(set.getSpec().getVolumeClaimTemplates(), List.of()),
        Objects.requireNonNullElse(start, 0),
        Objects.requireNonNullElse(set.getMetadata().getLabels(), Map.of()),
        Objects.requireNonNullElse(set.getMetadata().getAnnotations(), Map.of()));
  }

  public static Workload of(Deployment deployment) {
    return new Workload(
        "Deployment",
        deployment.getMetadata().getNamespace(),
        deployment.getMetadata().getName(),
        Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1),
        null,
        deployment.getSpec().getTemplate(),
        List.of(),
        0,
        Objects.requireNonNullElse(deployment.getMetadata().getLabels(), Map.of()),
        Objects.requireNonNullElse(deployment.getMetadata().getAnnotations(), Map.of()));
  }

  public PodSpec podSpec() {
    return template.getSpec();
  }

  /** Labels of its pods. */
  public Map<String, String> podLabels() {
    return template.getMetadata() == null || template.getMetadata().getLabels() == null
        ? Map.of()
        : template.getMetadata().getLabels();
  }

  /** For people: {@code StatefulSet master}. */
  public String describe() {
    return kind + " " + name;
  }

  /**
   * The claim behind a volume of its first pod, or nothing if that volume is no claim.
   *
   * @param volume its name in the pod
   */
  public Optional<String> claimOf(String volume) {
    if (claimTemplates.stream().anyMatch(t -> t.getMetadata().getName().equals(volume))) {
      return Optional.of(volume + "-" + name + "-" + firstOrdinal);
    }
    return podSpec().getVolumes().stream()
        .filter(v -> v.getName().equals(volume) && v.getPersistentVolumeClaim() != null)
        .map(v -> v.getPersistentVolumeClaim().getClaimName())
        .findFirst();
  }
}
