package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupProgressStatus.Phase;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.backup.BackupPhase;
import dev.pgbackup.engine.backup.BackupProgress;
import dev.pgbackup.engine.backup.BackupStatus;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests for backups, has them taken one at a time, and remembers how the newest ones went.
 */
final class BackupDesk {

  private static final Logger LOG = LoggerFactory.getLogger(BackupDesk.class);

  private static final int REMEMBERED = 100;

  /** Who takes a backup. */
  interface Taker {
    BackupManifest take(Origin origin, BackupProgress progress);
  }

  /** Is told of every end. */
  interface Listener {
    void ended(boolean published);
  }

  private final Taker taker;
  private final Listener listener;
  private final Clock clock;
  private final Map<String, BackupProgressStatus> requests =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BackupProgressStatus> eldest) {
          return size() > REMEMBERED;
        }
      };
  private Duration timeout;
  private @Nullable Run running;
  private @Nullable Failure lastFailure;
  private @Nullable String closed;

  BackupDesk(Taker taker, Duration timeout, Listener listener, Clock clock) {
    this.taker = taker;
    this.timeout = timeout;
    this.listener = listener;
    this.clock = clock;
  }

  /** Later backups are given up after that time. */
  synchronized void limit(Duration atMost) {
    timeout = atMost;
  }

  /**
   * Takes a request, or says how an earlier one of that id is getting on.
   *
   * @param id null: a new one
   * @throws EngineException {@code BackupInProgress}
   */
  synchronized BackupProgressStatus request(@Nullable String id, Origin origin) {
    if (id != null && requests.containsKey(id)) {
      return requests.get(id);
    }
    if (closed != null) {
      throw new EngineException(Reason.BackupInProgress, closed);
    }
    Optional<BackupProgressStatus> current = current();
    if (current.isPresent()) {
      throw new EngineException(
          Reason.BackupInProgress,
          "Backup "
              + (current.get().backupId() == null ? "" : current.get().backupId() + " ")
              + "is being taken (request "
              + current.get().requestId()
              + "). Ask again when it is done.");
    }
    String requestId = id == null ? UUID.randomUUID().toString() : id;
    BackupProgressStatus accepted =
        new BackupProgressStatus(
            requestId,
            null,
            origin.name(),
            Phase.Pending,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    requests.put(requestId, accepted);
    running = new Run(requestId, origin, timeout);
    running.start();
    return accepted;
  }

  synchronized Optional<BackupProgressStatus> find(String id) {
    return Optional.ofNullable(requests.get(id));
  }

  /** The request that is being worked on. */
  synchronized Optional<BackupProgressStatus> current() {
    return Optional.ofNullable(running).map(run -> requests.get(run.id));
  }

  /** The newest failure, if nothing was published since. */
  synchronized Optional<Failure> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  /** Refuses requests from now on, and says why. */
  synchronized void close(String why) {
    closed = why;
  }

  /** Accepts requests again. */
  synchronized void open() {
    closed = null;
  }

  /** Interrupts what is being taken. */
  void interrupt() {
    Run run;
    synchronized (this) {
      run = running;
    }
    if (run != null) {
      run.thread.interrupt();
    }
  }

  /** Waits until nothing is being taken, at most so long. */
  void awaitIdle(Duration atMost) throws InterruptedException {
    Run run;
    synchronized (this) {
      run = running;
    }
    if (run != null && !run.ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("A backup did not end within {} s.", atMost.toSeconds());
    }
  }

  private synchronized void note(BackupProgressStatus status) {
    requests.put(status.requestId(), status);
  }

  private synchronized void ended(Run run, BackupProgressStatus status) {
    requests.put(run.id, status);
    lastFailure = status.failure();
    running = null;
    run.ended.countDown();
  }

  private final class Run {

    private final String id;
    private final Origin origin;
    private final Duration atMost;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable BackupStatus last;

    Run(String id, Origin origin, Duration atMost) {
      this.id = id;
      this.origin = origin;
      this.atMost = atMost;
      this.thread = new Thread(this::run, "base-backup");
      thread.setDaemon(true);
    }

    void start() {
      thread.start();
    }

    private void run() {
      EngineException failure = null;
      BackupManifest manifest = null;
      Thread alarm = alarm();
      try {
        manifest = taker.take(origin, this::progressed);
      } catch (EngineException e) {
        failure = e;
      } catch (RuntimeException e) {
        LOG.error("A backup failed unexpectedly.", e);
        failure =
            new EngineException(
                Reason.InternalError, "The backup failed unexpectedly: " + e + ".", e);
      } finally {
        alarm.interrupt();
      }
      ended(this, last(manifest, failure));
      listener.ended(failure == null);
    }

    private Thread alarm() {
      Thread alarm =
          new Thread(
              () -> {
                try {
                  Thread.sleep(atMost.toMillis());
                  LOG.warn("The backup is given up after {} s.", atMost.toSeconds());
                  thread.interrupt();
                } catch (InterruptedException e) {
                  // it ended in time
                }
              },
              "base-backup-alarm");
      alarm.setDaemon(true);
      alarm.start();
      return alarm;
    }

    private void progressed(BackupStatus status) {
      last = status;
      Phase phase =
          status.phase() == BackupPhase.WaitingForWal || status.phase() == BackupPhase.Publishing
              ? Phase.WaitingForWal
              : Phase.Running;
      note(document(status, phase, null));
    }

    private BackupProgressStatus last(
        @Nullable BackupManifest manifest, @Nullable EngineException failure) {
      Failure why = failure == null ? null : Failures.failure(failure, clock.instant());
      Phase phase = failure == null ? Phase.Completed : Phase.Failed;
      BackupStatus status = last;
      if (status != null) {
        return document(status, phase, why);
      }
      return new BackupProgressStatus(
          id,
          manifest == null ? null : manifest.backupId().toString(),
          origin.name(),
          phase,
          null,
          clock.instant(),
          null,
          null,
          null,
          null,
          null,
          why);
    }

    private BackupProgressStatus document(
        BackupStatus status, Phase phase, @Nullable Failure failure) {
      return new BackupProgressStatus(
          id,
          status.backupId().toString(),
          origin.name(),
          phase,
          status.startedAt(),
          phase.isLast() ? clock.instant() : null,
          status.bytesDone(),
          status.bytesTotal(),
          status.filesDone(),
          phase.isLast() ? null : status.bytesPerSecond(),
          phase.isLast() ? null : status.remaining().map(Duration::toSeconds).orElse(null),
          failure);
    }
  }
}
