package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.contract.status.AgentStatus.RetentionStatus;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.retention.PruneResult;
import dev.pgbackup.engine.retention.Pruner;
import dev.pgbackup.engine.retention.RetentionPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what the recovery window no longer needs: after each backup, and once a day. */
final class RetentionRuns implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RetentionRuns.class);

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration FIRST = Duration.ofMinutes(5);

  private final Archive archive;
  private final Clock clock;
  private final Runnable changed;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread t = new Thread(task, "retention");
            t.setDaemon(true);
            return t;
          });
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile RetentionPolicy policy;
  private volatile Instant dueAt;
  private volatile @Nullable RetentionStatus last;

  /**
   * @param changed is told when backups were deleted
   */
  RetentionRuns(Archive archive, RetentionPolicy policy, Clock clock, Runnable changed) {
    this.archive = archive;
    this.policy = policy;
    this.clock = clock;
    this.changed = changed;
    this.dueAt = clock.instant().plus(FIRST);
  }

  void configure(RetentionPolicy next) {
    policy = next;
  }

  Optional<RetentionStatus> last() {
    return Optional.ofNullable(last);
  }

  /** Runs if a day has passed. */
  void tick(Instant now) {
    if (!now.isBefore(dueAt)) {
      run();
    }
  }

  /** Runs soon, unless it is about to anyway. */
  void run() {
    dueAt = clock.instant().plus(DAY);
    if (asked.compareAndSet(false, true)) {
      thread.execute(this::prune);
    }
  }

  private void prune() {
    asked.set(false);
    try {
      Pruner pruner = new Pruner(archive, policy);
      PruneResult result = pruner.apply(pruner.plan());
      last = new RetentionStatus(clock.instant(), result.backups(), result.bytes(), null);
      if (result.backups() > 0) {
        LOG.info("Retention: {} backups deleted, {} bytes.", result.backups(), result.bytes());
        changed.run();
      }
    } catch (EngineException e) {
      LOG.warn("Retention did not get through: {}", e.getMessage());
      last = new RetentionStatus(clock.instant(), 0, 0, Failures.failure(e, clock.instant()));
    } catch (RuntimeException e) {
      LOG.error("Retention failed unexpectedly.", e);
      last = new RetentionStatus(clock.instant(), 0, 0, Failures.failure(e, clock.instant()));
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
