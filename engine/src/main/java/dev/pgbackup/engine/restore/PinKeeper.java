package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Pins;
import dev.pgbackup.engine.archive.Pins.Content;
import dev.pgbackup.engine.archive.Pins.Holder;
import dev.pgbackup.engine.archive.Pins.Taking;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a restore reads from being deleted while it runs. */
final class PinKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PinKeeper.class);

  private static final Duration LEASE = Duration.ofHours(1);
  private static final Duration RENEWAL = Duration.ofMinutes(10);

  private final Pins.Held pin;
  private final ScheduledExecutorService renewing =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "pgbackup-pin");
            thread.setDaemon(true);
            return thread;
          });

  private PinKeeper(Pins.Held pin) {
    this.pin = pin;
  }

  /** Pins under a name of its own: a run that was killed may have left another one. */
  static PinKeeper pin(Archive archive, RestorePlan plan, Path directory) {
    Taking taking =
        archive
            .pins()
            .take(
                "restore-" + UUID.randomUUID(),
                Holder.named("restore into " + directory),
                new Content(
                    Set.of(plan.backup().backupId()), plan.wal().timeline(), plan.wal().from()),
                LEASE,
                Clock.systemUTC());
    if (!(taking instanceof Taking.Taken taken)) {
      throw new IllegalStateException("a pin with a random name is there already");
    }
    PinKeeper keeper = new PinKeeper(taken.pin());
    keeper.renewing.scheduleWithFixedDelay(
        keeper::renew, RENEWAL.toSeconds(), RENEWAL.toSeconds(), TimeUnit.SECONDS);
    return keeper;
  }

  private void renew() {
    try {
      pin.renew();
    } catch (EngineException e) {
      LOG.warn("The pin of this restore cannot be renewed now: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    renewing.shutdownNow();
    try {
      pin.close();
    } catch (EngineException e) {
      LOG.warn("The pin of this restore stays until it runs out: {}", e.getMessage());
    }
  }
}
