package dev.pgbackup.operator.swap.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.pod.Owner;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is with a database: a Lease that names the restore. It does not run out: a swap
 * that waits for a person still has its turn. It is owned by that restore, so that it goes with it.
 */
public final class Turn {

  private Turn() {}

  public static String name(Workload workload) {
    return "pgbackup-" + workload.kind().toLowerCase(Locale.ROOT) + "-" + workload.name();
  }

  public static Lease of(PgRestore restore, Workload workload) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(restore.getMetadata().getNamespace())
        .withName(name(workload))
        .withOwnerReferences(Owner.of(restore))
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(identity(restore))
        .endSpec()
        .build();
  }

  private static String identity(PgRestore restore) {
    return restore.getMetadata().getName() + "/" + restore.getMetadata().getUid();
  }

  public static boolean isOf(Lease lease, PgRestore restore) {
    return identity(restore).equals(lease.getSpec().getHolderIdentity());
  }

  /** Name of the restore whose turn it is. */
  public static String holder(Lease lease) {
    String identity = lease.getSpec().getHolderIdentity();
    return identity == null ? "" : identity.split("/", 2)[0];
  }

  /**
   * Whether a turn is over, though nobody has given it back.
   *
   * @param holder the restore of that name as it is now
   */
  public static boolean isOver(Lease lease, @Nullable PgRestore holder) {
    return holder == null
        || !isOf(lease, holder)
        || (holder.getStatus() != null
            && holder.getStatus().phase() != null
            && holder.getStatus().phase().isTerminal());
  }

  /** The same Lease for another restore. */
  public static Lease handedTo(Lease lease, PgRestore restore) {
    return new LeaseBuilder(lease)
        .editMetadata()
        .withOwnerReferences(Owner.of(restore))
        .endMetadata()
        .editSpec()
        .withHolderIdentity(identity(restore))
        .endSpec()
        .build();
  }
}
