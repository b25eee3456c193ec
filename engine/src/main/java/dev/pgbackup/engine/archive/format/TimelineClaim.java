package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code timelines/<n>}: a number of a timeline that is taken, put if absent before anybody
 * promotes.
 *
 * @param claimant what claimed it, unique to it (a restore that is run again finds its own claim by
 *     this)
 * @param purpose for what
 * @param parent the timeline that it leaves
 * @param switchPoint where; for a restore the end of the last record that is replayed
 */
public record TimelineClaim(
    FormatVersion formatVersion,
    Timeline timeline,
    String claimant,
    Purpose purpose,
    @Nullable Timeline parent,
    @Nullable Lsn switchPoint,
    Instant claimedAt) {

  /** For what a timeline was begun. */
  public enum Purpose {
    /** A server promoted, or was found on it. */
    Server,
    /** A restore whose directory takes the master's place. */
    Restore,
    /** A copy that never writes WAL here. */
    Clone
  }
}
