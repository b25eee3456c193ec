package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.Swap;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.Readiness;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Waits until the database is ready, then looks at it through its agent. One that was never ready
 * is put back on its old volume by itself; once it was, clients may have written, and only a person
 * decides.
 */
final class VerifyDatabase implements RestoreStep {

  private final ClusterReader cluster;
  private final SwapAgent agent;
  private final Clock clock;

  VerifyDatabase(ClusterReader cluster, SwapAgent agent, Clock clock) {
    this.cluster = cluster;
    this.agent = agent;
    this.clock = clock;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Verifying)) {
      return StepOutcome.Proceed;
    }
    SwapStatus swap = Objects.requireNonNull(run.notes().swap());
    Exchange exchange = Exchange.of(run.restore());
    if (swap.availableAt() == null) {
      Optional<Instant> ready =
          Readiness.since(
              cluster.podsWith(exchange.namespace(), exchange.claim()),
              Objects.requireNonNull(swap.fencedAt()));
      if (ready.isEmpty()) {
        return notReady(run, exchange, swap);
      }
      run.notes().swap(swap.available(ready.get()));
      run.notes()
          .passed(
              ConditionType.DatabaseAvailable,
              "The database is ready on volume %s.".formatted(exchange.coming()));
    }
    return exchange.back() ? run.next(SwapStep.Done) : look(run);
  }

  private StepOutcome notReady(RestoreRun run, Exchange exchange, SwapStatus swap) {
    Instant fenced = Objects.requireNonNull(swap.fencedAt());
    Instant end = fenced.plus(Span.parse(run.restore().getSpec().swap().readyTimeout()).duration());
    if (exchange.back() || clock.instant().isBefore(end)) {
      return run.wait(
          RestorePhase.Starting,
          exchange.back() ? "RollingBack" : "Starting",
          "The database starts on volume %s.".formatted(exchange.coming()));
    }
    String message =
        "The database was not ready on volume %s within %s."
            .formatted(exchange.coming(), run.restore().getSpec().swap().readyTimeout());
    if (run.restore().getSpec().swap().onNotReady() == Swap.OnNotReady.Wait) {
      return run.wait(
          RestorePhase.Starting,
          "NotReady",
          message
              + " Look at its pod. The old volume is kept by claim \"%s\": a PgRestore with source.retainedVolume puts it back once this one is done or deleted."
                  .formatted(exchange.keeper()));
    }
    run.notes().refused(ConditionType.DatabaseAvailable, "NotReady", message);
    run.notes().turn(RestorePhase.Fencing, "RollingBack", message + " Its old volume is put back.");
    run.notes().swap(swap.back(null));
    return StepOutcome.Recorded;
  }

  private StepOutcome look(RestoreRun run) {
    Optional<AgentStatus> seen = agent.status(run);
    if (seen.isEmpty()
        || seen.get().database() == null
        || seen.get().archiving().state() != ArchivingStatus.State.Streaming) {
      return run.wait(
          RestorePhase.Starting,
          "Attaching",
          "The database is ready; its agent is not attached to it yet."
              + seen.map(s -> " Archiving is " + s.archiving().state() + ".").orElse(""));
    }
    Optional<String> wrong =
        wrong(run, Objects.requireNonNull(run.source().policy()), seen.get().database());
    if (wrong.isPresent()) {
      return run.wait(RestorePhase.Starting, "UnexpectedDatabase", wrong.get());
    }
    run.notes()
        .turn(
            RestorePhase.PostRestore,
            "BackingUp",
            "The database runs on timeline %d, and its WAL is archived."
                .formatted(seen.get().database().timeline()));
    return run.next(SwapStep.BackingUp);
  }

  /** What is not as it should be about the server that the agent sees. */
  private static Optional<String> wrong(
      RestoreRun run, PgBackupPolicy policy, AgentStatus.DatabaseStatus database) {
    String system =
        policy.getStatus() == null || policy.getStatus().database() == null
            ? null
            : policy.getStatus().database().systemIdentifier();
    if (system != null && !system.equals(database.systemIdentifier())) {
      return Optional.of(
          "The server has the system identifier %s, not %s: it is another database. The old volume is kept; undo this restore."
              .formatted(database.systemIdentifier(), system));
    }
    PgRestoreStatus.Recovered recovered = run.notes().recovered();
    Long timeline = recovered == null ? null : recovered.newTimeline();
    return timeline == null || timeline == database.timeline()
        ? Optional.empty()
        : Optional.of(
            "The server is on timeline %d; it was restored onto timeline %d. It is looked at again."
                .formatted(database.timeline(), timeline));
  }
}
