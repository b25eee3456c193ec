package dev.pgbackup.operator.pod;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;

/** What objects of ours are called, and the labels by which they are found. */
public final class Names {

  public static final String POLICY_LABEL = "pgbackup.dev/policy";
  public static final String RESTORE_LABEL = "pgbackup.dev/restore";
  public static final String BACKUP_ID_LABEL = "pgbackup.dev/backup-id";
  public static final String COMPONENT_LABEL = "app.kubernetes.io/component";

  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String MANAGER = "pgbackup-operator";
  private static final String PREFIX = "pgbackup-";

  private Names() {}

  /** Of everything that belongs to a policy's agent. */
  public static String agent(String policy) {
    return PREFIX + policy;
  }

  /** Of everything that belongs to a restore. */
  public static String restore(String restore) {
    return PREFIX + "restore-" + restore;
  }

  /**
   * Of the copy that a restore runs, and of its Service: a label of DNS, and short enough for the
   * hash that a StatefulSet puts behind it in a label.
   */
  public static String instance(String restore) {
    return "restored-" + restore.replace('.', '-');
  }

  /** Labels of what belongs to a policy's agent. */
  public static Map<String, String> agentLabels(String policy) {
    return labels("agent", POLICY_LABEL, policy);
  }

  /**
   * Labels of what belongs to a restore.
   *
   * @param component which part of it
   */
  public static Map<String, String> restoreLabels(String component, String restore) {
    return labels(component, RESTORE_LABEL, restore);
  }

  /** Whether an object was made by the operator. */
  public static boolean isOurs(HasMetadata object) {
    return object.getMetadata().getLabels() != null
        && MANAGER.equals(object.getMetadata().getLabels().get(MANAGED_BY));
  }

  private static Map<String, String> labels(String component, String key, String owner) {
    return Map.of(
        "app.kubernetes.io/name",
        "pgbackup",
        MANAGED_BY,
        MANAGER,
        COMPONENT_LABEL,
        component,
        key,
        owner);
  }

  /** A slot is named after its policy, in the letters that PostgreSQL allows. */
  public static String slot(String policy) {
    return "pgbackup_" + policy.replace('-', '_').replace('.', '_');
  }

  /**
   * For whom tokens of a policy's agent are.
   *
   * @param uid of the policy: one of the same name that comes later is another
   */
  public static String audience(String namespace, String policy, String uid) {
    return "pgbackup.dev/" + namespace + "/" + policy + "/" + uid;
  }
}
