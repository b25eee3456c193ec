package dev.pgbackup.operator.workload;

/** Where a user's name or a password is written. Pods mount it; the operator never reads it. */
public sealed interface ValueSource {

  /** In plain; never a password. */
  record Literal(String text) implements ValueSource {}

  /** An entry of a Secret of the workload's namespace. */
  record SecretEntry(String secret, String key) implements ValueSource {}

  /** An entry of a ConfigMap of the workload's namespace. */
  record ConfigMapEntry(String configMap, String key) implements ValueSource {}
}
