package dev.pgbackup.operator.swap.retained;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.Source;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.operator.OperatorSettings;
import dev.pgbackup.operator.kube.ClusterReader;
import dev.pgbackup.operator.kube.ClusterWriter;
import dev.pgbackup.operator.kube.EventRecorder;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import dev.pgbackup.operator.status.Notice;
import dev.pgbackup.operator.status.Verdict;
import dev.pgbackup.operator.swap.model.Claims;
import dev.pgbackup.operator.swap.model.Expiry;
import dev.pgbackup.operator.swap.model.VolumeChanges;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has the volume go that a swap has replaced, where {@code retainedVolume.ttl} says so: announced
 * in the status, warned of a day ahead, and not while somebody is about to put it back.
 *
 * <p>Its claim is marked first, and an undo looks for the mark after it has taken its turn: of an
 * undo and an end at the same time one sees the other.
 */
@Singleton
public final class RetainedVolumes {

  private final ClusterReader cluster;
  private final ClusterWriter writer;
  private final EventRecorder events;
  private final Clock clock;
  private final Duration pause;

  public RetainedVolumes(
      ClusterReader cluster,
      ClusterWriter writer,
      EventRecorder events,
      Clock clock,
      OperatorSettings settings) {
    this.cluster = cluster;
    this.writer = writer;
    this.events = events;
    this.clock = clock;
    this.pause = settings.polling().busy();
  }

  /** Looks at a restore that is over. */
  public UpdateControl<PgRestore> look(PgRestore restore) {
    PgRestoreStatus status = restore.getStatus();
    SwapStatus swap = status.swap();
    Condition retained =
        Conditions.find(status.conditions(), ConditionType.OldVolumeRetained).orElse(null);
    if (status.phase() != RestorePhase.Succeeded
        || swap == null
        || retained == null
        || !"True".equals(retained.getStatus())) {
      return UpdateControl.noUpdate();
    }
    return look(new Kept(restore, swap, retained));
  }

  /**
   * A swap that is done and whose old volume is kept, as far as is known.
   *
   * @param condition that says so
   */
  private record Kept(PgRestore restore, SwapStatus swap, Condition condition) {

    String namespace() {
      return restore.getMetadata().getNamespace();
    }

    String claim() {
      return Objects.requireNonNull(swap.retainedClaim());
    }

    String volume() {
      return Objects.requireNonNull(swap.oldPv());
    }

    boolean isAnnounced() {
      return Expiry.NEAR.equals(condition.getReason());
    }
  }

  private UpdateControl<PgRestore> look(Kept kept) {
    Optional<Expiry> expiry = Expiry.of(kept.restore());
    if (expiry.isEmpty()) {
      return kept.swap().expiresAt() == null ? UpdateControl.noUpdate() : keep(kept, null);
    }
    Instant now = clock.instant();
    if (expiry.get().isDue(now)) {
      return end(kept, now);
    }
    UpdateControl<PgRestore> control =
        expiry.get().isNear(now) ? warn(kept, expiry.get()) : keep(kept, expiry.get().at());
    return control.rescheduleAfter(expiry.get().pause(now));
  }

  private UpdateControl<PgRestore> keep(Kept kept, @Nullable Instant until) {
    String message =
        kept.isAnnounced()
            ? "Volume %s is kept by claim \"%s\".".formatted(kept.volume(), kept.claim())
            : kept.condition().getMessage();
    return say(
        kept,
        Verdict.isTrue(
            ConditionType.OldVolumeRetained, ConditionType.OldVolumeRetained.name(), message),
        until);
  }

  private UpdateControl<PgRestore> warn(Kept kept, Expiry expiry) {
    if (kept.isAnnounced() && expiry.at().equals(kept.swap().expiresAt())) {
      return UpdateControl.noUpdate();
    }
    String end =
        "Claim \"%s\" and its volume are deleted at %s, as retainedVolume.ttl says; until then the swap can be undone."
            .formatted(kept.claim(), expiry.at());
    events.tell(kept.restore(), List.of(new Notice(true, Expiry.NEAR, end)));
    return say(
        kept,
        Verdict.isTrue(
            ConditionType.OldVolumeRetained,
            Expiry.NEAR,
            kept.isAnnounced() ? end : kept.condition().getMessage() + " " + end),
        expiry.at());
  }

  private UpdateControl<PgRestore> end(Kept kept, Instant now) {
    Optional<PersistentVolumeClaim> claim =
        cluster
            .claim(kept.namespace(), kept.claim())
            .filter(c -> Claims.isRetainedBy(c, kept.restore().getMetadata().getName()))
            .filter(c -> Claims.isOn(c, kept.volume()));
    if (claim.isEmpty()) {
      return ended(
          kept,
          "RetainedVolumeGone",
          "Claim \"%s\" does not keep volume %s any more: it was put back, or somebody deleted the claim."
              .formatted(kept.claim(), kept.volume()));
    }
    if (isWanted(kept)) {
      return UpdateControl.<PgRestore>noUpdate().rescheduleAfter(pause);
    }
    if (!Claims.isExpired(claim.get())) {
      writer.patch(claim.get(), Claims.expire(now));
      if (isWanted(kept)) {
        return UpdateControl.<PgRestore>noUpdate().rescheduleAfter(pause);
      }
    }
    Optional<PersistentVolume> volume =
        cluster
            .volume(kept.volume())
            .filter(v -> VolumeChanges.isFor(v, kept.namespace(), kept.claim()));
    boolean stays = volume.filter(VolumeChanges::staysByItself).isPresent();
    volume.ifPresent(v -> writer.patch(v, VolumeChanges.release(v)));
    writer.delete(claim.get());
    return ended(
        kept,
        Expiry.OVER,
        "The time is over that retainedVolume.ttl has set: claim \"%s\" was deleted, %s. This swap cannot be undone any more."
            .formatted(
                kept.claim(),
                stays
                    ? "volume %s stays, since its reclaim policy is Retain".formatted(kept.volume())
                    : "and volume %s with it".formatted(kept.volume())));
  }

  /** Whether there is a restore that puts the volume back, or will. */
  private boolean isWanted(Kept kept) {
    return cluster.restores(kept.namespace()).stream()
        .filter(other -> other.getStatus() == null || !isOver(other.getStatus()))
        .map(other -> other.getSpec().source().retainedVolume())
        .anyMatch(source -> source != null && names(source, kept));
  }

  private static boolean isOver(PgRestoreStatus status) {
    return status.phase() != null && status.phase().isTerminal();
  }

  private static boolean names(Source.RetainedVolumeSource source, Kept kept) {
    return source.restoreRef() != null
        ? source.restoreRef().name().equals(kept.restore().getMetadata().getName())
        : kept.claim().equals(source.claimName());
  }

  private UpdateControl<PgRestore> ended(Kept kept, String reason, String message) {
    return say(
        kept,
        Verdict.isFalse(ConditionType.OldVolumeRetained, reason, message),
        kept.swap().expiresAt());
  }

  private UpdateControl<PgRestore> say(Kept kept, Verdict verdict, @Nullable Instant expiresAt) {
    PgRestore restore = kept.restore();
    Long generation = restore.getMetadata().getGeneration();
    PgRestoreStatus before = restore.getStatus().seen(generation);
    List<Condition> conditions = Objects.requireNonNullElse(before.conditions(), List.of());
    Condition told =
        Conditions.of(conditions, List.of(verdict), generation, clock.instant()).get(0);
    PgRestoreStatus after =
        before.retaining(
            kept.swap().expiring(expiresAt),
            conditions.stream().map(c -> c.getType().equals(told.getType()) ? told : c).toList());
    if (after.equals(restore.getStatus())) {
      return UpdateControl.noUpdate();
    }
    events.tell(restore, Notice.of(conditions, after.conditions()));
    restore.setStatus(after);
    return UpdateControl.patchStatus(restore);
  }
}
