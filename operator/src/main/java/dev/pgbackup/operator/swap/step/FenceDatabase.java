package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Deletes the database's claim, then its pod. The claim stays, on its way out, as long as a pod
 * uses it, and admits no other: so nothing starts on the old volume any more, and the rest
 * Kubernetes does by itself. Nobody is killed: who does not end is waited for.
 */
final class FenceDatabase implements RestoreStep {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final Clock clock;

  FenceDatabase(ClusterReader cluster, ClusterWriter writer, Clock clock) {
    this.cluster = cluster;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Fencing)) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    Optional<PersistentVolumeClaim> claim =
        cluster
            .claim(exchange.namespace(), exchange.claim())
            .filter(c -> Claims.isOn(c, exchange.leaving()));
    if (claim.isEmpty()) {
      return fenced(run, exchange);
    }
    if (claim.get().getMetadata().getDeletionTimestamp() == null) {
      writer.delete(claim.get());
    }
    List<Pod> users =
        cluster.podsWith(exchange.namespace(), exchange.claim()).stream()
            // One without a node is the next one, which waits for the next claim.
            .filter(pod -> pod.getSpec().getNodeName() != null)
            .toList();
    users.stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .forEach(writer::delete);
    return waiting(run, users);
  }

  private StepOutcome waiting(RestoreRun run, List<Pod> users) {
    Optional<Pod> late = users.stream().filter(this::isLate).findFirst();
    return late.isEmpty()
        ? run.wait(RestorePhase.Fencing, "Fencing", "The end of the database's pod is awaited.")
        : run.wait(
            RestorePhase.Fencing,
            "FenceTimeout",
            "The pod %s does not end, so its volume cannot be taken from it. It is not killed: see on its node why, and delete it by hand once it is certain that nothing writes to the volume any more."
                .formatted(late.get().getMetadata().getName()));
  }

  /** The time of a pod's deletion is that at which its grace period is over. */
  private boolean isLate(Pod pod) {
    String end = pod.getMetadata().getDeletionTimestamp();
    return end != null && clock.instant().isAfter(Instant.parse(end).plus(PATIENCE));
  }

  private static StepOutcome fenced(RestoreRun run, Exchange exchange) {
    run.notes()
        .passed(
            ConditionType.Fenced,
            "The database is stopped, and has given up volume %s.".formatted(exchange.leaving()));
    run.notes()
        .turn(
            RestorePhase.Rebinding,
            "Rebinding",
            "Claim \"%s\" is to be bound to volume %s."
                .formatted(exchange.claim(), exchange.coming()));
    return run.next(SwapStep.Rebinding);
  }
}
