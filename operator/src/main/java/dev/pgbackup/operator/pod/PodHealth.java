package dev.pgbackup.operator.pod;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a pod with the agent is.
 *
 * @param ip present while its agent's container runs
 * @param trouble what keeps it from running, or made it start again
 * @param waiting what it waits for, while it only starts
 */
public record PodHealth(@Nullable String ip, @Nullable Trouble trouble, @Nullable String waiting) {

  /** There is no pod. */
  public static final PodHealth NONE = new PodHealth(null, null, "There is no pod yet.");

  private static final Set<String> IMAGE_TROUBLE =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
  private static final String OOM_KILLED = "OOMKilled";

  /** Something that a person may have to look at. */
  public record Trouble(String reason, String message) {}

  /** That of the newest pod that is not on its way out. */
  public static PodHealth of(List<Pod> pods) {
    return pods.stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
        .map(PodHealth::of)
        .orElse(NONE);
  }

  public static PodHealth of(Pod pod) {
    if (pod.getStatus() == null) {
      return NONE;
    }
    Optional<ContainerStatus> agent =
        statuses(pod).filter(s -> AgentContainer.NAME.equals(s.getName())).findFirst();
    boolean running =
        agent.map(s -> s.getState() != null && s.getState().getRunning() != null).orElse(false);
    Optional<Trouble> trouble =
        statuses(pod).map(PodHealth::trouble).flatMap(Optional::stream).findFirst();
    return new PodHealth(
        running ? pod.getStatus().getPodIP() : null,
        trouble.or(() -> unschedulable(pod)).orElse(null),
        running ? null : "The pod " + pod.getMetadata().getName() + " is being started.");
  }

  /** Whether a pod has ended, and will not run again. */
  public static boolean isOver(Pod pod) {
    return pod.getStatus() != null
        && ("Succeeded".equals(pod.getStatus().getPhase())
            || "Failed".equals(pod.getStatus().getPhase()));
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return Stream.concat(
        pod.getStatus().getInitContainerStatuses().stream(),
        pod.getStatus().getContainerStatuses().stream());
  }

  private static Optional<Trouble> trouble(ContainerStatus status) {
    ContainerStateWaiting waiting =
        status.getState() == null ? null : status.getState().getWaiting();
    ContainerStateTerminated last = terminated(status.getLastState());
    if (last == null) {
      last = terminated(status.getState());
    }
    if (last != null && OOM_KILLED.equals(last.getReason())) {
      return Optional.of(
          new Trouble(
              OOM_KILLED,
              "Container \"%s\" needed more memory than its limit allows and was killed. Raise resources.limits.memory."
                  .formatted(status.getName())));
    }
    if (waiting == null || waiting.getReason() == null) {
      return Optional.empty();
    }
    if (waiting.getReason().equals("CrashLoopBackOff")) {
      return Optional.of(
          new Trouble(
              AgentContainer.NAME.equals(status.getName())
                  ? "AgentCrashLooping"
                  : "ServerCrashLooping",
              "Container \"%s\" ends again and again: %s"
                  .formatted(status.getName(), lastWords(last))));
    }
    if (IMAGE_TROUBLE.contains(waiting.getReason())) {
      return Optional.of(
          new Trouble(
              "ImagePullFailed",
              "The image %s cannot be had (%s)."
                  .formatted(status.getImage(), waiting.getReason())));
    }
    return waiting.getReason().startsWith("Create")
        ? Optional.of(
            new Trouble(
                "ContainerNotCreated",
                "Container \"%s\" cannot be created: %s"
                    .formatted(status.getName(), waiting.getMessage())))
        : Optional.empty();
  }

  private static @Nullable ContainerStateTerminated terminated(@Nullable ContainerState state) {
    return state == null ? null : state.getTerminated();
  }

  private static String lastWords(@Nullable ContainerStateTerminated last) {
    if (last == null) {
      return "see its log.";
    }
    return last.getMessage() == null || last.getMessage().isBlank()
        ? "exit code " + last.getExitCode() + "; see its log."
        : last.getMessage().strip();
  }

  private static Optional<Trouble> unschedulable(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(c -> c.getType().equals("PodScheduled") && "False".equals(c.getStatus()))
        .findFirst()
        .map(c -> new Trouble("Unschedulable", "No node takes the pod: " + c.getMessage()));
  }
}
