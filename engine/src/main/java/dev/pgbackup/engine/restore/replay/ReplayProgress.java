package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.Lsn;
import java.time.Duration;
import java.util.Optional;

/**
 * How far a replay has come.
 *
 * @param from where it began
 * @param replayed everything before it is replayed
 * @param to where it ends
 * @param passed the last milestone behind it
 * @param left estimated from the pace so far; empty while there is none
 */
public record ReplayProgress(
    Lsn from, Lsn replayed, Lsn to, Optional<Milestone> passed, Optional<Duration> left) {

  /** From 0 to 100. */
  public double percent() {
    return 100.0 * replayed.minus(from) / to.minus(from);
  }
}
