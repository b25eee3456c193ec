package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.restore.RestoreStatus.PausedServer;
import dev.pgbackup.crds.restore.PgRestore;
import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.Nullable;

/** What people are told who have to look at a restore and to approve it. */
public final class ReviewWords {

  private ReviewWords() {}

  /**
   * While PostgreSQL waits at the target.
   *
   * @param server absent where an older agent does not say it
   */
  public static String atTarget(PgRestore restore, Pod pod, @Nullable PausedServer server) {
    return "PostgreSQL waits at the target, read only, and is not promoted yet. "
        + (server == null
            ? ""
            : "To look: `kubectl exec -it %s -c %s -- psql -h 127.0.0.1 -p %d -U %s postgres`. "
                .formatted(
                    pod.getMetadata().getName(), RestoreJob.POSTGRES, server.port(), server.role()))
        + toGoOn(restore);
  }

  /** While only the swap is left. */
  public static String beforeSwap(PgRestore restore) {
    return "Everything is ready for the swap, and the database is not touched yet. "
        + toGoOn(restore);
  }

  private static String toGoOn(PgRestore restore) {
    return "To go on: %s. To give up: %s."
        .formatted(
            patch(restore, "approved"),
            restore.getSpec().isInstance()
                ? "`kubectl delete pgr/%s`".formatted(restore.getMetadata().getName())
                : patch(restore, "abort"));
  }

  private static String patch(PgRestore restore, String field) {
    return "`kubectl patch pgr/%s --type=merge -p '{\"spec\":{\"%s\":true}}'`"
        .formatted(restore.getMetadata().getName(), field);
  }
}
