package dev.pgbackup.operator.swap.step;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.VolumeClaim;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ObjectWriter;
import dev.pgbackup.operator.pod.Topology;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.restore.step.RestoreRun;
import dev.pgbackup.operator.restore.step.RestoreStep;
import dev.pgbackup.operator.restore.step.StepOutcome;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Exchange;
import dev.pgbackup.operator.swap.model.Expiry;
import dev.pgbackup.operator.swap.model.Fit;
import dev.pgbackup.operator.swap.model.Layout;
import dev.pgbackup.operator.swap.model.Rehearsal;
import dev.pgbackup.operator.swap.model.Unfit;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for everything that would make a swap fail, before the restore begins and again right
 * before the swap. Most of it Kubernetes would not tell: it would make an empty volume instead.
 */
final class CheckSwap implements RestoreStep {

  private final ClusterReader cluster;
  private final ObjectWriter objects;

  CheckSwap(ClusterReader cluster, ObjectWriter objects) {
    this.cluster = cluster;
    this.objects = objects;
  }

  @Override
  public StepOutcome take(RestoreRun run) {
    ResolvedTarget target = Objects.requireNonNull(run.source().target());
    DataVolume volume = run.source().dataVolume();
    if (volume == null) {
      return run.refuse(
          "UnsupportedLayout", "Which volume holds the database's data is not known.");
    }
    Optional<Unfit> unfit =
        Layout.check(target.workload(), target.container(), volume)
            .or(() -> takenName(run, volume))
            .or(() -> expired(run));
    if (unfit.isPresent()) {
      return run.refuse(unfit.get().reason(), unfit.get().message());
    }
    Optional<PersistentVolumeClaim> claim = cluster.claim(run.namespace(), volume.claim());
    if (claim.isEmpty() || !Claims.isBound(claim.get())) {
      return run.wait(
          RestorePhase.Preflight,
          "ClaimNotBound",
          "The claim \"%s\" of %s is not bound to a volume; it is waited for."
              .formatted(volume.claim(), target.workload().describe()));
    }
    List<String> others = others(run.namespace(), volume.claim(), target.workload());
    if (!others.isEmpty()) {
      return run.wait(
          RestorePhase.Preflight,
          "ClaimInUse",
          "The claim \"%s\" is also used by %s, which would hold the volume; their end is waited for."
              .formatted(volume.claim(), String.join(", ", others)));
    }
    return checkVolume(run, target.workload(), volume, claim.get());
  }

  private StepOutcome checkVolume(
      RestoreRun run, Workload workload, DataVolume volume, PersistentVolumeClaim claim) {
    PersistentVolumeClaim rehearsed = objects.rehearse(Rehearsal.of(workload, volume, claim));
    Optional<Unfit> unfit =
        contradiction(run.restore(), rehearsed).or(() -> unfit(run, workload, rehearsed));
    if (unfit.isPresent()) {
      return run.refuse(unfit.get().reason(), unfit.get().message());
    }
    run.original(Rehearsal.withCapacity(rehearsed, capacity(claim)));
    cluster
        .volume(claim.getSpec().getVolumeName())
        .ifPresent(current -> run.nodes(Topology.of(current)));
    return StepOutcome.Proceed;
  }

  private static @Nullable Quantity capacity(PersistentVolumeClaim claim) {
    return claim.getStatus().getCapacity() == null
        ? null
        : claim.getStatus().getCapacity().get("storage");
  }

  /** Found out before a restore has run for hours. */
  private Optional<Unfit> takenName(RestoreRun run, DataVolume volume) {
    String name = Exchange.retainedClaim(run.restore(), volume.claim());
    return cluster.claim(run.namespace(), name).isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Unfit(
                "ClaimExists",
                "There is a claim \"%s\" already, and the volume that is replaced was to be kept under that name. Give another one in retainedVolume.claimName, or delete that claim if nobody needs it."
                    .formatted(name)));
  }

  /** Looked at after the turn was taken: the end of the volume looks for restores in turn. */
  private Optional<Unfit> expired(RestoreRun run) {
    return Optional.ofNullable(run.notes().volume())
        .map(PgRestoreStatus.Volume::claim)
        .flatMap(name -> cluster.claim(run.namespace(), name))
        .filter(Claims::isExpired)
        .map(
            claim ->
                new Unfit(
                    Expiry.OVER,
                    "The volume of claim \"%s\" is being deleted, as retainedVolume.ttl of its restore says."
                        .formatted(claim.getMetadata().getName())));
  }

  /** Pods of others on the claim, those that have ended included: these hold it, too. */
  private List<String> others(String namespace, String claim, Workload workload) {
    return cluster.podsWith(namespace, claim).stream()
        .filter(pod -> !isOf(pod, workload))
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }

  private static boolean isOf(Pod pod, Workload workload) {
    return pod.getMetadata().getLabels() != null
        && pod.getMetadata().getLabels().entrySet().containsAll(workload.podLabels().entrySet());
  }

  /** Whether the restore says something about its volume that the database's claim contradicts. */
  private static Optional<Unfit> contradiction(PgRestore restore, PersistentVolumeClaim rehearsed) {
    VolumeClaim said = restore.getSpec().volume();
    String wanted = Objects.requireNonNullElse(rehearsed.getSpec().getStorageClassName(), "");
    if (said.storageClassName() != null && !said.storageClassName().equals(wanted)) {
      return Optional.of(
          new Unfit(
              "ClaimMismatch",
              "volume.storageClassName is \"%s\", but the database's claim would be made with \"%s\" today, and would not be bound to that volume. Leave it out."
                  .formatted(said.storageClassName(), wanted)));
    }
    Quantity request = rehearsed.getSpec().getResources().getRequests().get("storage");
    if (said.size() != null
        && Quantity.getAmountInBytes(Quantity.parse(said.size()))
                .compareTo(Quantity.getAmountInBytes(request))
            < 0) {
      return Optional.of(
          new Unfit(
              "CapacityTooSmall",
              "volume.size is %s, but the database's claim would ask for %s today, and would not be bound to a smaller volume."
                  .formatted(said.size(), request)));
    }
    return Optional.empty();
  }

  private Optional<Unfit> unfit(
      RestoreRun run, Workload workload, PersistentVolumeClaim rehearsed) {
    PgRestoreStatus.Volume known = run.notes().volume();
    Optional<PersistentVolume> coming =
        known == null ? Optional.empty() : Optional.ofNullable(known.pv()).flatMap(cluster::volume);
    return coming.flatMap(
        volume -> Fit.of(rehearsed, volume).or(() -> Fit.reach(workload.podSpec(), volume)));
  }
}
