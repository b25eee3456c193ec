package dev.pgbackup.agent.task;

import dev.pgbackup.agent.config.EngineSettings;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to an archive, for a command. It never takes over from a sidecar that lives:
 * the command calls itself by another host than a sidecar on the same machine does.
 */
final class Rights {

  private static final Logger LOG = LoggerFactory.getLogger(Rights.class);

  private Rights() {}

  /**
   * @param command whose right it is
   * @param database address of the server
   */
  static Ownership of(
      Archive archive, String command, String database, String slot, @Nullable Long takeOverEpoch) {
    return new Ownership(
        archive,
        new Ownership.Writer(EngineSettings.hostName() + " (" + command + ")", database, slot),
        takeOverEpoch,
        Ownership.Lease.DEFAULT,
        Clock.systemUTC());
  }

  /** Whether somebody seems to be writing right now. */
  static boolean isAlive(Archive archive) {
    Optional<Owner> owner = Ownership.read(archive);
    Instant expired = Instant.now().minus(Ownership.Lease.DEFAULT.expiry());
    return owner.isPresent() && !owner.get().released() && owner.get().renewedAt().isAfter(expired);
  }

  /** Takes the right, once an earlier owner is certain to be dead. */
  static void take(Ownership ownership) throws InterruptedException {
    Optional<Duration> wait = ownership.take();
    while (wait.isPresent()) {
      LOG.warn(
          "Somebody else may still be writing to the archive; it is given up when it shows no sign of life for some"
              + " minutes.");
      Thread.sleep(wait.get().toMillis());
      wait = ownership.take();
    }
  }
}
