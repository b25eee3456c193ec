package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Pins;
import dev.pgbackup.engine.archive.Pins.Content;
import dev.pgbackup.engine.archive.Pins.Holder;
import dev.pgbackup.engine.archive.Pins.Taking;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mark of the backup that runs, of which an archive has one at a time. It is a pin, renewed by
 * a thread of its own, and protects all that the backup may refer to.
 */
final class RunningBackup implements AutoCloseable {

  static final String PIN = "backup";

  private static final Logger LOG = LoggerFactory.getLogger(RunningBackup.class);

  /**
   * A killed backup stands in the way of the next one for so long, unless that is of a later writer
   * of the archive.
   */
  private static final Duration LEASE = Duration.ofMinutes(3);

  private static final Duration RENEWAL = Duration.ofSeconds(30);

  private final BackupId id;
  private final Pins.Held pin;
  private final Instant takenAt;
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "pgbackup renews a pin");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean lost;

  private RunningBackup(BackupId id, Pins.Held pin, Instant takenAt) {
    this.id = id;
    this.pin = pin;
    this.takenAt = takenAt;
    renewals.scheduleWithFixedDelay(
        this::renew, RENEWAL.toSeconds(), RENEWAL.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Becomes the archive's running backup.
   *
   * @param epoch of this process as the archive's writer; empty if it is not
   * @throws EngineException {@code BackupInProgress} if there is another one
   */
  static RunningBackup begin(
      Archive archive, BackupId id, String host, OptionalLong epoch, Clock clock) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Holder holder = new Holder("backup " + id + " on " + host + " since " + now, epoch);
    Taking taking = archive.pins().take(PIN, holder, Content.of(Set.of(id)), LEASE, clock);
    if (taking instanceof Taking.Refused refused) {
      throw inProgress(refused.by());
    }
    return new RunningBackup(id, ((Taking.Taken) taking).pin(), now);
  }

  private static EngineException inProgress(Pin other) {
    return new EngineException(
        Reason.BackupInProgress,
        "Another backup of this archive runs: "
            + other.holder()
            + ". Wait until it has ended; if it was killed, it counts as ended from "
            + other.until()
            + " on.");
  }

  /** By this process's clock. */
  Instant takenAt() {
    return takenAt;
  }

  /** Protects other backups, of whose chunks this one may make use. */
  void protect(Set<BackupId> others) {
    Set<BackupId> all = new HashSet<>(others);
    all.add(id);
    require(pin.protect(Content.of(all)));
  }

  /** Protects other backups, and the WAL that this one needs. */
  void protect(Set<BackupId> others, Timeline timeline, Lsn walFrom) {
    Set<BackupId> all = new HashSet<>(others);
    all.add(id);
    require(pin.protect(new Content(all, timeline, walFrom)));
  }

  private void renew() {
    try {
      lost |= !pin.renew();
    } catch (EngineException failure) {
      LOG.warn("The mark of the running backup was not renewed: {}", failure.getMessage());
    }
  }

  /**
   * Makes sure that what this backup refers to was protected all the while.
   *
   * @throws EngineException {@code BackupInterrupted}
   */
  void check() {
    require(!lost && pin.renew());
  }

  private void require(boolean held) {
    if (!held) {
      throw new EngineException(
          Reason.BackupInterrupted,
          "Backup "
              + id
              + " did not renew its mark in the archive in time, and another one has begun."
              + " Nothing was published; the next backup takes what was uploaded.");
    }
  }

  /** Works in an interrupted thread too: the next backup should not have to wait. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    renewals.shutdown();
    try {
      pin.close();
    } catch (EngineException failure) {
      LOG.warn(
          "The mark of backup {} could not be removed; the next backup has to wait until it runs out: {}",
          id,
          failure.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
