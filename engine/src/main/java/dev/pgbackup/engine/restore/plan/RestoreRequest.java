package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.TimelineClaim;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import java.util.Optional;

/**
 * What somebody wants to have restored.
 *
 * @param target where recovery is to stop
 * @param timeline the timeline on whose way the target lies; empty: the one on which the server was
 *     last seen
 * @param backup the base backup to begin from; empty: the newest that the target can be reached
 *     from
 * @param purpose what the restored directory is for
 */
public record RestoreRequest(
    RecoveryTarget target,
    Optional<Timeline> timeline,
    Optional<BackupId> backup,
    Purpose purpose) {

  /** What a restored directory is for. */
  public enum Purpose {
    /** It takes the master's place: its new timeline is archived. */
    Restore(TimelineClaim.Purpose.Restore),
    /** A copy, which never writes to this archive. */
    Clone(TimelineClaim.Purpose.Clone);

    private final TimelineClaim.Purpose claim;

    Purpose(TimelineClaim.Purpose claim) {
      this.claim = claim;
    }

    /** For what its timeline is claimed. */
    public TimelineClaim.Purpose claim() {
      return claim;
    }
  }

  /** A request that leaves timeline and backup to the planner. */
  public static RestoreRequest to(RecoveryTarget target, Purpose purpose) {
    return new RestoreRequest(target, Optional.empty(), Optional.empty(), purpose);
  }
}
