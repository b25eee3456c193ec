package dev.pgbackup.operator.restore.model;

import dev.pgbackup.crds.common.S3Storage;
import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.workload.DataVolume;
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
}
