package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.ContractException;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.RestoreReport;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the pods of a restore's jobs leave behind when they end. */
public final class JobReports {

  private static final String TRUE = "True";

  private JobReports() {}

  /** The pod that was started last. */
  public static Optional<Pod> newest(List<Pod> pods) {
    return pods.stream().max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()));
  }

  /** How a container of a pod ended. */
  public static Optional<ContainerStateTerminated> end(Pod pod, String container) {
    return pod.getStatus() == null
        ? Optional.empty()
        : Stream.concat(
                pod.getStatus().getContainerStatuses().stream(),
                pod.getStatus().getInitContainerStatuses().stream())
            .filter(status -> status.getName().equals(container))
            .map(ContainerStatus::getState)
            .filter(state -> state != null && state.getTerminated() != null)
            .map(state -> state.getTerminated())
            .findFirst();
  }

  /** What a container said at its end. */
  public static Optional<String> lastWords(Pod pod, String container) {
    return end(pod, container).map(ContainerStateTerminated::getMessage);
  }

  /** The report of a restore, if the pod got so far as to write one. */
  public static Optional<RestoreReport> report(Pod pod, String container) {
    return report(pod, container, RestoreReport.class);
  }

  /** A report of that kind, if the pod got so far as to write one. */
  public static <T> Optional<T> report(Pod pod, String container, Class<T> type) {
    return lastWords(pod, container).flatMap(text -> read(text, type));
  }

  /**
   * The last JSON document of a kind in a log, which has other lines, too.
   *
   * @param isMeant whether a document is of that kind
   */
  public static <T> Optional<T> document(String log, Class<T> type, Predicate<T> isMeant) {
    String text = "\n" + log;
    for (int at = text.lastIndexOf("\n{"); at >= 0; at = text.lastIndexOf("\n{", at - 1)) {
      Optional<T> found = read(text.substring(at + 1), type).filter(isMeant);
      if (found.isPresent()) {
        return found;
      }
      if (at == 0) {
        break;
      }
    }
    return Optional.empty();
  }

  private static <T> Optional<T> read(String json, Class<T> type) {
    try {
      return Optional.of(ContractJson.read(json, type));
    } catch (ContractException e) {
      return Optional.empty();
    }
  }

  /** Whether a pod has failed: what the Job does next is its own matter. */
  public static boolean hasFailed(Pod pod) {
    return pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase());
  }

  /** Whether a pod was put out by Kubernetes, and why. */
  public static Optional<String> disruption(Pod pod) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals("DisruptionTarget") && TRUE.equals(c.getStatus()))
            .map(c -> c.getReason() + ": " + c.getMessage())
            .findFirst();
  }
}
