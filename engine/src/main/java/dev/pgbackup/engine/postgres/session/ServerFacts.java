package dev.pgbackup.engine.postgres.session;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.ServerVersion;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.time.Instant;

/**
 * What a server says of itself when a session begins.
 *
 * @param startedAt when its postmaster started: together with the system identifier it tells one
 *     running server from another
 * @param inRecovery whether it replays WAL, as a standby or to come up
 * @param timeline on which it writes; in recovery, that of its last checkpoint
 * @param walLevel the setting {@code wal_level}
 * @param dataChecksums whether its pages carry checksums
 */
public record ServerFacts(
    SystemIdentifier system,
    ServerVersion version,
    WalSegmentSize segmentSize,
    Instant startedAt,
    boolean inRecovery,
    Timeline timeline,
    String walLevel,
    boolean dataChecksums) {

  /** Whether both were said by one running server in the same role. */
  public boolean sameServer(ServerFacts other) {
    return system.equals(other.system)
        && startedAt.equals(other.startedAt)
        && inRecovery == other.inRecovery
        && timeline.equals(other.timeline);
  }

  /**
   * Makes sure that the server writes WAL that can be archived.
   *
   * @throws EngineException with {@code InsufficientWalLevel}, or with {@code DatabaseUnreachable}
   *     while it is in recovery
   */
  public void requireArchivable() {
    if (walLevel.equals("minimal")) {
      throw new EngineException(
          Reason.InsufficientWalLevel,
          "The server has wal_level = minimal, which leaves out of the WAL what a restore needs."
              + " Set wal_level = replica (and max_wal_senders above 0), and restart the server.");
    }
    if (inRecovery) {
      throw new EngineException(
          Reason.DatabaseUnreachable,
          "The server is in recovery: it is a standby, or still starting. "
              + "Archiving goes on by itself as soon as it accepts writes; "
              + "if it stays a standby, let the agent connect to the primary.");
    }
  }

  String describe() {
    return "system identifier "
        + system
        + ", started at "
        + startedAt
        + ", timeline "
        + timeline
        + (inRecovery ? ", in recovery" : "");
  }
}
