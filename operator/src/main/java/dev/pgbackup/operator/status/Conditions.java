package dev.pgbackup.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conditions of a resource: the one place that knows when one has changed. */
public final class Conditions {

  private static final int LONGEST_MESSAGE = 32_768;

  private Conditions() {}

  /**
   * The conditions that follow from what was found, in its order.
   *
   * @param before those that the resource has
   * @param generation of the spec that was looked at
   */
  public static List<Condition> of(
      @Nullable List<Condition> before,
      List<Verdict> found,
      @Nullable Long generation,
      Instant now) {
    return found.stream().map(v -> condition(before, v, generation, now)).toList();
  }

  private static Condition condition(
      @Nullable List<Condition> before, Verdict verdict, @Nullable Long generation, Instant now) {
    String value = verdict.value().name();
    String since =
        find(before, verdict.type())
            .filter(c -> value.equals(c.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(verdict.type().name())
        .withStatus(value)
        .withReason(verdict.reason())
        .withMessage(cut(verdict.message()))
        .withObservedGeneration(generation)
        .withLastTransitionTime(since)
        .build();
  }

  private static String cut(String message) {
    return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
  }

  public static Optional<Condition> find(@Nullable List<Condition> conditions, ConditionType type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(c -> type.name().equals(c.getType())).findFirst();
  }

  public static boolean isTrue(@Nullable List<Condition> conditions, ConditionType type) {
    return find(conditions, type).filter(c -> "True".equals(c.getStatus())).isPresent();
  }

  /** Whether two lists say the same to a machine: types, values, reasons, generations. */
  public static boolean mean(@Nullable List<Condition> one, @Nullable List<Condition> other) {
    return meaning(one).equals(meaning(other));
  }

  private static List<List<Object>> meaning(@Nullable List<Condition> conditions) {
    return conditions == null
        ? List.of()
        : conditions.stream()
            .map(
                c ->
                    List.<Object>of(
                        c.getType(),
                        c.getStatus(),
                        Objects.requireNonNullElse(c.getReason(), ""),
                        Objects.requireNonNullElse(c.getObservedGeneration(), 0L)))
            .toList();
  }
}
