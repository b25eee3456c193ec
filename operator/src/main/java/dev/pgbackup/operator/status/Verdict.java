package dev.pgbackup.operator.status;

/**
 * What is found about one condition.
 *
 * @param reason a stable name, CamelCase
 * @param message for people; without numbers that change all the time
 */
public record Verdict(ConditionType type, Value value, String reason, String message) {

  /** The values of a condition. */
  public enum Value {
    True,
    False,
    Unknown
  }

  public static Verdict isTrue(ConditionType type, String reason, String message) {
    return new Verdict(type, Value.True, reason, message);
  }

  public static Verdict isFalse(ConditionType type, String reason, String message) {
    return new Verdict(type, Value.False, reason, message);
  }

  public static Verdict unknown(ConditionType type, String reason, String message) {
    return new Verdict(type, Value.Unknown, reason, message);
  }

  public boolean isTrue() {
    return value == Value.True;
  }

  public boolean isFalse() {
    return value == Value.False;
  }
}
