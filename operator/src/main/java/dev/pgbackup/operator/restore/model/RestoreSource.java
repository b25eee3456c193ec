package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.common.S3Storage;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.restore.PgRestoreSpec;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Placement;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.workload.DataVolume;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import org.jspecify.annotations.Nullable;

/**
 * Where a restore takes its data from, and what its database runs like.
 *
 * @param policy absent for a bucket alone
 * @param archiveId which archive of the bucket; absent: the only one
 * @param target the database of the policy; absent for a bucket alone, or if it is gone
 * @param dataVolume of that database
 */
public record RestoreSource(
    @Nullable PgBackupPolicy policy,
    S3Storage storage,
    @Nullable String archiveId,
    @Nullable ResolvedTarget target,
    @Nullable DataVolume dataVolume) {

  /** The slot by which the archive gets its WAL. */
  public String slotName() {
    if (policy == null) {
      return "pgbackup";
    }
    String said = policy.getSpec().wal().slotName();
    return said == null ? Names.slot(policy.getMetadata().getName()) : said;
  }

  /** Where a pod of a restore may run: where the database may, or as the restore says. */
  Placement placement(PgRestoreSpec spec) {
    Placement like =
        target == null ? Placement.ANYWHERE : Placement.like(target.workload().podSpec());
    return like.with(Placement.of(spec.job().pod()));
  }

  /** The image that replays: the one that will run on the volume. */
  String image(PgRestoreSpec spec) {
    if (spec.postgres() != null) {
      return spec.postgres().image();
    }
    if (target == null) {
      throw new IllegalStateException("neither an image nor a target");
    }
    return target.container().image();
  }

  @Nullable String pullPolicy(PgRestoreSpec spec) {
    return spec.postgres() != null || target == null
        ? null
        : target.container().container().getImagePullPolicy();
  }

  /** What the database may use. */
  @Nullable ResourceRequirements resources() {
    return target == null ? null : target.container().container().getResources();
  }
}
