package dev.pgbackup.operator.swap.model;

import dev.pgbackup.contract.config.Span;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When the volume goes that a swap has replaced: only if somebody has set a time for it, and never
 * before that.
 *
 * @param at when it goes
 */
public record Expiry(Instant at) {

  /** The reason of a volume whose end is near. */
  public static final String NEAR = "RetainedVolumeExpires";

  /** The reason of a volume whose time is over. */
  public static final String OVER = "RetainedVolumeExpired";

  /** How long before it people are warned. */
  private static final Duration AHEAD = Duration.ofDays(1);

  /** That of a swap which is done; nothing: never. */
  public static Optional<Expiry> of(PgRestore restore) {
    PgRestoreStatus status = restore.getStatus();
    return restore.getSpec().retainedVolume() == null
            || restore.getSpec().retainedVolume().ttl() == null
            || status == null
            || status.completedAt() == null
        ? Optional.empty()
        : Optional.of(
            new Expiry(
                status
                    .completedAt()
                    .plus(Span.parse(restore.getSpec().retainedVolume().ttl()).duration())));
  }

  /** What a restore says of the volume that it had kept and that is no more. */
  public static Optional<String> epitaph(PgRestoreStatus status) {
    return Conditions.find(status.conditions(), ConditionType.OldVolumeRetained)
        .filter(c -> OVER.equals(c.getReason()))
        .map(Condition::getMessage);
  }

  public boolean isDue(Instant now) {
    return !now.isBefore(at);
  }

  /** Whether it is time to warn. */
  public boolean isNear(Instant now) {
    return !now.isBefore(at.minus(AHEAD));
  }

  /** How long it is until there is something to do. */
  public Duration pause(Instant now) {
    return Duration.between(now, isNear(now) ? at : at.minus(AHEAD));
  }
}
