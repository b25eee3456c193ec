package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Duration;

/**
 * What must stay restorable.
 *
 * @param window how far back every point of the live branch, and of branches that were abandoned
 *     meanwhile, can be reached
 * @param minimumBackups how many of the live branch's newest backups are kept however old they are;
 *     at least 1
 * @param grace how long the content of a deleted backup stays after its manifest, for those who
 *     still read it
 */
public record RetentionPolicy(Duration window, int minimumBackups, Duration grace) {

  public static final Duration DEFAULT_GRACE = Duration.ofHours(24);

  public RetentionPolicy {
    require(!window.isNegative() && !window.isZero(), "the recovery window must be longer than 0");
    require(minimumBackups >= 1, "at least 1 backup must be kept");
    require(!grace.isNegative(), "the grace period cannot be negative");
  }

  public static RetentionPolicy of(Duration window, int minimumBackups) {
    return new RetentionPolicy(window, minimumBackups, DEFAULT_GRACE);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new EngineException(Reason.ConfigurationInvalid, message);
    }
  }
}
