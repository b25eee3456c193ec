package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.Ledger;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * Gives the volume in use its reclaim policy back, and notes that this restore was done, before its
 * object may go. The old volume stays protected: it is the way back.
 */
final class ReleaseVolume implements RestoreStep {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final ObjectWriter objects;
  private final Turns turns;
  private final Clock clock;

  ReleaseVolume(
      ClusterReader cluster, ClusterWriter writer, ObjectWriter objects, Turns turns, Clock clock) {
    this.cluster = cluster;
    this.writer = writer;
    this.objects = objects;
    this.turns = turns;
    this.clock = clock;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Releasing)) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    boolean bound =
        cluster
            .claim(exchange.namespace(), exchange.claim())
            .filter(claim -> Claims.isOn(claim, exchange.coming()) && Claims.isBound(claim))
            .isPresent();
    if (!bound) {
      return StepOutcome.Wait;
    }
    release(exchange.coming());
    if (exchange.back()) {
      // The way back was taken: what did not start is a volume like any other.
      release(exchange.leaving());
    } else {
      note(run, exchange);
    }
    if (run.restore().getMetadata().getDeletionTimestamp() != null) {
      // With its object what comes after this is nobody's.
      turns.giveBack(run);
    }
    cluster
        .restore(run.namespace(), run.restore().getMetadata().getName())
        .ifPresent(restore -> writer.letGo(restore, SwapSteps.FINALIZER));
    run.notes()
        .turn(RestorePhase.Starting, "Starting", "The database is waited for, and then looked at.");
    return run.next(SwapStep.Verifying);
  }

  private void release(String name) {
    cluster.volume(name).ifPresent(volume -> writer.patch(volume, VolumeChanges.release(volume)));
  }

  private void note(RestoreRun run, Exchange exchange) {
    Workload workload = Objects.requireNonNull(run.source().target()).workload();
    ConfigMap ledger =
        objects.createIfAbsent(
            Ledger.empty(exchange.namespace(), Ledger.name(workload.kind(), workload.name())));
    if (Ledger.find(ledger, run.restore()).isEmpty()) {
      writer.patch(
          ledger,
          Ledger.note(
              run.restore(), clock.instant().truncatedTo(ChronoUnit.SECONDS), exchange.keeper()));
    }
  }
}
