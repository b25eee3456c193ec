package dev.pgbackup.operator.workload;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose processes PostgreSQL's are: the owner of the files in the data directory.
 *
 * @param user id, never root's
 * @param group id
 */
public record ProcessIdentity(long user, long group) {

  /**
   * Finds it in a policy and in the workload; nothing if only the image knows it, as with an image
   * that begins as root and steps down.
   *
   * @param given by a policy
   */
  public static Optional<ProcessIdentity> find(
      Workload workload, PostgresContainer container, @Nullable Long given) {
    SecurityContext own = container.container().getSecurityContext();
    PodSecurityContext pods = workload.podSpec().getSecurityContext();
    Long user = given;
    if (user == null && own != null) {
      user = own.getRunAsUser();
    }
    if (user == null && pods != null) {
      user = pods.getRunAsUser();
    }
    if (user == null || user == 0) {
      return Optional.empty();
    }
    Long group = own == null ? null : own.getRunAsGroup();
    if (group == null && pods != null) {
      group = pods.getRunAsGroup() != null ? pods.getRunAsGroup() : pods.getFsGroup();
    }
    return Optional.of(new ProcessIdentity(user, group == null || group == 0 ? user : group));
  }
}
