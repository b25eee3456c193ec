package dev.pgbackup.operator.pod;

import dev.pgbackup.crds.common.PodSettings;
import dev.pgbackup.crds.common.SecretRef;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a pod is besides its containers: what a person may say about it, and no more.
 *
 * @param labels besides our own, which win
 */
public record Placement(
    Map<String, String> labels,
    Map<String, String> annotations,
    Map<String, String> nodeSelector,
    List<Toleration> tolerations,
    @Nullable Affinity affinity,
    @Nullable String priorityClassName,
    List<LocalObjectReference> imagePullSecrets) {

  public static final Placement ANYWHERE =
      new Placement(Map.of(), Map.of(), Map.of(), List.of(), null, null, List.of());

  public static Placement of(@Nullable PodSettings settings) {
    return settings == null
        ? ANYWHERE
        : new Placement(
            orEmpty(settings.labels()),
            orEmpty(settings.annotations()),
            orEmpty(settings.nodeSelector()),
            orEmpty(settings.tolerations()),
            settings.affinity(),
            settings.priorityClassName(),
            orEmpty(settings.imagePullSecrets()).stream()
                .map(SecretRef::name)
                .map(LocalObjectReference::new)
                .toList());
  }

  /**
   * Where a workload's pods may run. Its affinity to other pods is left out: it is about the
   * database, not about a job beside it.
   */
  public static Placement like(PodSpec workload) {
    Affinity affinity =
        workload.getAffinity() == null || workload.getAffinity().getNodeAffinity() == null
            ? null
            : new Affinity(workload.getAffinity().getNodeAffinity(), null, null);
    return new Placement(
        Map.of(),
        Map.of(),
        orEmpty(workload.getNodeSelector()),
        orEmpty(workload.getTolerations()),
        affinity,
        workload.getPriorityClassName(),
        orEmpty(workload.getImagePullSecrets()));
  }

  /** The same, with what is said in another taking its place. */
  public Placement with(Placement other) {
    return new Placement(
        other.labels(),
        other.annotations(),
        other.nodeSelector().isEmpty() ? nodeSelector : other.nodeSelector(),
        other.tolerations().isEmpty() ? tolerations : other.tolerations(),
        other.affinity() == null ? affinity : other.affinity(),
        other.priorityClassName() == null ? priorityClassName : other.priorityClassName(),
        Stream.concat(imagePullSecrets.stream(), other.imagePullSecrets().stream())
            .distinct()
            .toList());
  }

  /** Labels with our own. */
  public Map<String, String> labelsWith(Map<String, String> own) {
    Map<String, String> all = new HashMap<>(labels);
    all.putAll(own);
    return all;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
