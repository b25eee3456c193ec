package dev.pgbackup.operator.swap.step;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Sees to it that the claim is made anew and bound to the new volume. That is proven by the claim's
 * volume name, never by a database that is ready: an empty one is ready within seconds, too.
 */
final class RebindClaim implements RestoreStep {

  private static final String NUDGE = "pgbackup.dev/swapped-at";

  /** After that a StatefulSet's controller makes its next try only after growing pauses. */
  private static final Duration PROMPT = Duration.ofSeconds(5);

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final ObjectWriter objects;
  private final Clock clock;

  RebindClaim(ClusterReader cluster, ClusterWriter writer, ObjectWriter objects, Clock clock) {
    this.cluster = cluster;
    this.writer = writer;
    this.objects = objects;
    this.clock = clock;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    if (!run.isAt(SwapStep.Rebinding)) {
      return StepOutcome.Proceed;
    }
    Exchange exchange = Exchange.of(run.restore());
    Optional<PersistentVolumeClaim> claim =
        cluster.claim(exchange.namespace(), exchange.claim());
    if (claim.isEmpty()) {
      return absent(run, exchange);
    }
    if (Claims.isUndecided(claim.get())) {
      return waiting(run, exchange);
    }
    if (Claims.isOn(claim.get(), exchange.coming())) {
      return Claims.isBound(claim.get()) ? rebound(run, exchange) : waiting(run, exchange);
    }
    return foreign(run, exchange, claim.get());
  }

  private static StepOutcome waiting(RestoreRun run, Exchange exchange) {
    return run.wait(
        RestorePhase.Rebinding,
        "Rebinding",
        "Claim \"%s\" is being bound to volume %s."
            .formatted(exchange.claim(), exchange.coming()));
  }

  private StepOutcome absent(RestoreRun run, Exchange exchange) {
    Workload workload = Objects.requireNonNull(run.source().target()).workload();
    if (workload.claimTemplates().isEmpty()) {
      manifest(exchange).ifPresent(objects::createIfAbsent);
    } else {
      nudge(run, workload);
    }
    return waiting(run, exchange);
  }

  /** A claim that no template makes is made from what it was. */
  private Optional<PersistentVolumeClaim> manifest(Exchange exchange) {
    return cluster
        .volume(exchange.leaving())
        .flatMap(VolumeChanges::claimManifest)
        .filter(json -> !json.isEmpty())
        .map(json -> ContractJson.read(json, PersistentVolumeClaim.class));
  }

  /** The controller of StatefulSets is not told when a claim goes; a change of its object wakes it. */
  private void nudge(RestoreRun run, Workload workload) {
    Instant fenced = Objects.requireNonNull(Objects.requireNonNull(run.notes().swap()).fencedAt());
    long waited = Duration.between(fenced, clock.instant()).toSeconds();
    if (waited < PROMPT.toSeconds()) {
      return;
    }
    String value = fenced.plusSeconds(waited - waited % PROMPT.toSeconds()).toString();
    if (!value.equals(workload.annotations().get(NUDGE))) {
      writer.annotate(
          new StatefulSetBuilder()
              .withNewMetadata()
              .withNamespace(workload.namespace())
              .withName(workload.name())
              .endMetadata()
              .build(),
          NUDGE,
          value);
    }
  }

  private static StepOutcome rebound(RestoreRun run, Exchange exchange) {
    run.notes()
        .passed(
            ConditionType.VolumeSwapped,
            "Claim \"%s\" is bound to volume %s."
                .formatted(exchange.claim(), exchange.coming()));
    run.notes()
        .turn(
            RestorePhase.Starting,
            "Keeping",
            "The database starts on volume %s; volume %s gets a claim of its own."
                .formatted(exchange.coming(), exchange.leaving()));
    return run.next(SwapStep.Keeping);
  }

  /** Somebody else's volume was bound: what was there before comes back. */
  private StepOutcome foreign(RestoreRun run, Exchange exchange, PersistentVolumeClaim claim) {
    String foreign = claim.getSpec().getVolumeName();
    String message =
        "Claim \"%s\" was bound to volume %s instead of %s."
            .formatted(exchange.claim(), foreign, exchange.coming());
    if (exchange.back()) {
      return run.wait(
          RestorePhase.Rebinding,
          "ForeignBind",
          message + " That happened on the way back: a person has to look at it. No volume is deleted.");
    }
    Optional<PersistentVolume> coming = cluster.volume(exchange.coming());
    if (coming.isPresent()
        && VolumeChanges.isReserved(coming.get(), exchange.namespace(), exchange.claim())) {
      writer.patch(
          coming.get(),
          VolumeChanges.reserve(coming.get(), exchange.namespace(), exchange.donor()));
    }
    coming.ifPresent(
        volume ->
            objects.createIfAbsent(
                Claims.holding(
                    volume,
                    exchange.namespace(),
                    exchange.donor(),
                    Exchange.donorAnnotations(run.restore()))));
    run.notes().refused(ConditionType.VolumeSwapped, "ForeignBind", message);
    run.notes()
        .turn(
            RestorePhase.Fencing,
            "ForeignBind",
            message + " The old volume is put back; the other two are kept.");
    run.notes().swap(Objects.requireNonNull(run.notes().swap()).back(foreign));
    return StepOutcome.Recorded;
  }
}
