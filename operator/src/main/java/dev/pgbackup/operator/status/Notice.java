package dev.pgbackup.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something in a resource's life that is worth an event.
 *
 * @param warning whether a person should look
 */
public record Notice(boolean warning, String reason, String message) {

  /**
   * What is to be told when conditions change: each that turned to true or false, or did so for
   * another reason.
   */
  public static List<Notice> of(@Nullable List<Condition> before, @Nullable List<Condition> after) {
    return after == null ? List.of() : told(before, after);
  }

  private static List<Notice> told(@Nullable List<Condition> before, List<Condition> after) {
    boolean onItsWay = Conditions.isTrue(after, ConditionType.Reconciling);
    return after.stream()
        .filter(c -> !"Unknown".equals(c.getStatus()))
        .filter(c -> type(c).filter(t -> isTold(t, c, onItsWay)).isPresent())
        .filter(c -> isNew(before, c))
        .map(c -> new Notice(isBad(c), c.getReason(), c.getMessage()))
        .distinct()
        .toList();
  }

  /**
   * Progress is no event: neither that something goes on, nor that it is not done as long as it
   * does.
   */
  private static boolean isTold(ConditionType type, Condition condition, boolean onItsWay) {
    return switch (type) {
      case Reconciling -> false;
      case Ready, Complete -> isTrue(condition) || !onItsWay;
      case Stalled, Failed -> isTrue(condition);
      case TargetResolved,
          AgentAvailable,
          StorageReachable,
          ArchivingHealthy,
          BackupFresh,
          WindowContiguous,
          RetentionEnforced,
          PreflightPassed,
          VolumeProvisioned,
          BaseRestored,
          RecoveryTargetReached,
          ChecksPassed,
          Approved,
          Fenced,
          VolumeSwapped,
          OldVolumeRetained,
          DatabaseAvailable,
          PostBackupCompleted ->
          true;
    };
  }

  private static boolean isNew(@Nullable List<Condition> before, Condition condition) {
    Optional<Condition> old =
        before == null
            ? Optional.empty()
            : before.stream().filter(c -> c.getType().equals(condition.getType())).findFirst();
    if (old.isEmpty()) {
      return isTrue(condition) || isBad(condition);
    }
    return !old.get().getStatus().equals(condition.getStatus())
        || (isBad(condition) && !old.get().getReason().equals(condition.getReason()));
  }

  private static boolean isBad(Condition condition) {
    return type(condition).map(t -> t.isGoodWhenTrue() != isTrue(condition)).orElse(false);
  }

  private static boolean isTrue(Condition condition) {
    return "True".equals(condition.getStatus());
  }

  private static Optional<ConditionType> type(Condition condition) {
    for (ConditionType type : ConditionType.values()) {
      if (type.name().equals(condition.getType())) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
