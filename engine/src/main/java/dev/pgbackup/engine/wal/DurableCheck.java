package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Duration;

/** Whether a stretch of WAL is in an archive, by looking there. */
final class DurableCheck {

  private final Archive archive;
  private final ArchivedWal wal;
  private final Timeline timeline;
  private final Lsn to;
  private Lsn reached;

  DurableCheck(Archive archive, Timeline timeline, Lsn from, Lsn to) {
    this.archive = archive;
    this.wal = new StoreArchivedWal(archive);
    this.timeline = timeline;
    this.to = to;
    this.reached = from;
  }

  /**
   * Whether all of it is there.
   *
   * @throws EngineException with {@code WalGapDetected} if a part of it never will be
   */
  boolean isDurable() {
    if (reached.isBefore(to)) {
      reached = wal.contiguousEnd(timeline, reached);
    }
    if (!reached.isBefore(to)) {
      return true;
    }
    for (Gap gap : archive.gaps().of(timeline)) {
      if (gap.from().isBefore(to) && gap.to().isAfter(reached)) {
        throw new EngineException(
            Reason.WalGapDetected,
            "WAL of timeline "
                + timeline
                + " from "
                + gap.from()
                + " to "
                + gap.to()
                + " is lost: "
                + gap.cause()
                + ". Take a new base backup.");
      }
    }
    return false;
  }

  EngineException tooLate(Duration waited) {
    return new EngineException(
        Reason.BackupInterrupted,
        "The archive has the WAL of timeline "
            + timeline
            + " only up to "
            + reached
            + " after waiting "
            + waited.toSeconds()
            + " s; up to "
            + to
            + " is needed. See that an agent archives WAL (pgbackup status), and try again.");
  }

  static EngineException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new EngineException(
        Reason.Interrupted, "Waiting for WAL in the archive was interrupted.", e);
  }
}
