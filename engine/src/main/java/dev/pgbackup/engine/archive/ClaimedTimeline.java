package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.TimelineClaim;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The right of a restore to write the WAL of the timeline that it has claimed. Nobody else writes
 * to that timeline, so it holds beside the right of the agent that goes on archiving the server;
 * and that server stays the default branch.
 */
public final class ClaimedTimeline implements WriteRight {

  private static final Duration LOOK_AGE = Duration.ofSeconds(5);

  private final Timelines timelines;
  private final TimelineClaim claim;
  private final Clock clock;

  private Instant lookedAt = Instant.MIN;

  public ClaimedTimeline(Archive archive, TimelineClaim claim) {
    this.timelines = archive.timelines();
    this.claim = claim;
    this.clock = Clock.systemUTC();
  }

  @Override
  public synchronized void check() {
    Instant now = clock.instant();
    if (lookedAt.isAfter(now.minus(LOOK_AGE))) {
      return;
    }
    boolean ours =
        timelines
            .claim(claim.timeline())
            .map(there -> there.claimant().equals(claim.claimant()))
            .orElse(false);
    if (!ours) {
      throw new EngineException(
          Reason.SecondWriter,
          "Timeline "
              + claim.timeline()
              + " is not claimed by this restore ("
              + claim.claimant()
              + ") any more. Run the restore again into an empty directory.");
    }
    lookedAt = now;
  }

  /** Without effect: the archive's server is another one. */
  @Override
  public void note(Timeline timeline, Lsn seenAt, Lsn durable) {}

  /** Without effect: a claim does not expire. */
  @Override
  public void renew() {}
}
