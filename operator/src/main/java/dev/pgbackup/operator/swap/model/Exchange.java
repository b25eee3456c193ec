package dev.pgbackup.operator.swap.model;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.PgRestoreStatus;
import dev.pgbackup.crds.restore.SwapStatus;
import dev.pgbackup.operator.restore.model.RestoreClaim;
import java.util.Map;
import java.util.Objects;

/**
 * Which volume leaves the database's claim, and which comes in. A roll-back is the same with the
 * roles exchanged.
 *
 * @param claim of the database; the name stays, the object is another afterwards
 * @param leaving volume that the claim is bound to before
 * @param coming volume that it is bound to afterwards
 * @param donor claim that holds the coming volume before
 * @param keeper claim that holds the leaving volume afterwards
 * @param back whether it is a roll-back
 */
public record Exchange(
    String namespace,
    String claim,
    String leaving,
    String coming,
    String donor,
    String keeper,
    boolean back) {

  /** As the status has it. */
  public static Exchange of(PgRestore restore) {
    PgRestoreStatus status = Objects.requireNonNull(restore.getStatus());
    SwapStatus swap = Objects.requireNonNull(status.swap());
    String namespace = restore.getMetadata().getNamespace();
    String claim = Objects.requireNonNull(swap.claim());
    String oldPv = Objects.requireNonNull(swap.oldPv());
    String newPv = Objects.requireNonNull(swap.newPv());
    String retained = Objects.requireNonNull(swap.retainedClaim());
    String restored = donor(status);
    if (!Boolean.TRUE.equals(swap.rollingBack())) {
      return new Exchange(namespace, claim, oldPv, newPv, restored, retained, false);
    }
    return swap.foreignPv() == null
        ? new Exchange(namespace, claim, newPv, oldPv, retained, restored, true)
        : new Exchange(
            namespace,
            claim,
            swap.foreignPv(),
            oldPv,
            retained,
            claim + "-foreign-" + restore.getMetadata().getName(),
            true);
  }

  /** The claim that the volume came from with which the swap began. */
  public static String donor(PgRestoreStatus status) {
    return Objects.requireNonNull(Objects.requireNonNull(status.volume()).claim());
  }

  /** What the claim remembers from which the coming volume was taken, if it is made anew. */
  public static Map<String, String> donorAnnotations(PgRestore restore) {
    SwapStatus swap = Objects.requireNonNull(Objects.requireNonNull(restore.getStatus()).swap());
    return restore.getSpec().source().retainedVolume() == null
        ? RestoreClaim.annotations(restore)
        : Claims.retained(
            Objects.requireNonNull(swap.policy()),
            Objects.requireNonNull(swap.claim()),
            restore.getMetadata().getName());
  }

  /** Name of the claim that keeps the volume that a restore replaces. */
  public static String retainedClaim(PgRestore restore, String claim) {
    return restore.getSpec().retainedVolume() != null
            && restore.getSpec().retainedVolume().claimName() != null
        ? restore.getSpec().retainedVolume().claimName()
        : claim + "-before-" + restore.getMetadata().getName();
  }
}
