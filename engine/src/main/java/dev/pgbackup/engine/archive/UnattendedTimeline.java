package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The right to write what is missing of a timeline that no agent archives: the archive's owner has
 * ended, or its server is on another timeline, as after a swap. It takes nothing away from that
 * owner, and the server's branch stays the default one.
 */
public final class UnattendedTimeline implements WriteRight {

  private static final Duration LOOK_AGE = Duration.ofSeconds(5);

  private final Archive archive;
  private final Timeline timeline;
  private final Clock clock;

  private Instant lookedAt = Instant.MIN;

  public UnattendedTimeline(Archive archive, Timeline timeline, Clock clock) {
    this.archive = archive;
    this.timeline = timeline;
    this.clock = clock;
  }

  /** Whether somebody archives a timeline, or may be about to. */
  public static boolean isAttended(Archive archive, Timeline timeline) {
    return attendant(archive, timeline).isPresent();
  }

  private static Optional<Owner> attendant(Archive archive, Timeline timeline) {
    return Ownership.read(archive)
        .filter(owner -> !owner.released())
        .filter(owner -> owner.timeline() == null || owner.timeline().equals(timeline));
  }

  @Override
  public synchronized void check() {
    Instant now = clock.instant();
    if (lookedAt.isAfter(now.minus(LOOK_AGE))) {
      return;
    }
    attendant(archive, timeline)
        .ifPresent(
            owner -> {
              throw new EngineException(
                  Reason.SecondWriter,
                  "Timeline "
                      + timeline
                      + " of archive "
                      + archive.id()
                      + " is archived by an agent (host "
                      + owner.host()
                      + ", slot "
                      + owner.slot()
                      + ", epoch "
                      + owner.epoch()
                      + "). Nobody else may write it as long as that agent runs on this timeline.");
            });
    lookedAt = now;
  }

  /** Without effect: where the archive's server is, its owner notes. */
  @Override
  public void note(Timeline seen, Lsn seenAt, Lsn durable) {}

  /** Without effect: there is nothing that could expire. */
  @Override
  public void renew() {}
}
