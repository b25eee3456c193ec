package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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

  private final Archive archive;
  private final RestorePlan plan;
  private final String holder;
  private final String key;
  private final ScheduledExecutorService renewing =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "pgbackup-pin");
            thread.setDaemon(true);
            return thread;
          });

  private PinKeeper(Archive archive, RestorePlan plan, Path directory) {
    this.archive = archive;
    this.plan = plan;
    this.holder = "restore into " + directory;
    this.key = archive.layout().pin("restore-" + UUID.randomUUID());
  }

  static PinKeeper pin(Archive archive, RestorePlan plan, Path directory) {
    PinKeeper keeper = new PinKeeper(archive, plan, directory);
    keeper.write();
    keeper.renewing.scheduleWithFixedDelay(
        keeper::renew, RENEWAL.toSeconds(), RENEWAL.toSeconds(), TimeUnit.SECONDS);
    return keeper;
  }

  private void write() {
    Pin pin =
        new Pin(
            FormatVersion.CURRENT,
            holder,
            Instant.now().plus(LEASE).truncatedTo(ChronoUnit.SECONDS),
            Set.of(plan.backup().backupId()),
            plan.wal().timeline(),
            plan.wal().from());
    new StoredDocuments(archive.store()).put(key, pin, PutOptions.when(PutCondition.always()));
  }

  private void renew() {
    try {
      write();
    } catch (EngineException e) {
      LOG.warn("The pin of this restore cannot be renewed now: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    renewing.shutdownNow();
    try {
      archive.store().delete(List.of(key));
    } catch (EngineException e) {
      LOG.warn("The pin of this restore stays until it runs out: {}", e.getMessage());
    }
  }
}
