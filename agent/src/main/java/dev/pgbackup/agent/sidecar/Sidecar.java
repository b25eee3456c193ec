package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.config.ConfigFile;
import dev.pgbackup.agent.document.ArchiveDocuments;
import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.agent.document.PlanDocuments;
import dev.pgbackup.agent.http.AgentApi;
import dev.pgbackup.agent.http.AgentServer;
import dev.pgbackup.agent.log.LogSettings;
import dev.pgbackup.agent.metrics.AgentMetrics;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.PlanRequest;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.BackupList;
import dev.pgbackup.contract.status.BackupProgressStatus;
import dev.pgbackup.contract.status.BackupRequest;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.contract.status.Pause;
import dev.pgbackup.contract.status.PauseRequest;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.contract.status.SwapRequest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: protects one server as its configuration file says, takes up changes of that file,
 * and answers over HTTP.
 */
public final class Sidecar implements AgentApi, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration LOOK_AT_FILE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final PrintStream log;
  private final Clock clock = Clock.systemUTC();
  private final Instant startedAt = clock.instant();
  private final AgentMetrics metrics;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread t = new Thread(task, "sidecar");
            t.setDaemon(true);
            return t;
          });
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile ConfigFile file;
  private volatile Protection protection;
  private volatile @Nullable Failure configError;
  private @Nullable String refusedHash;
  private WatchedFiles watched;
  private @Nullable AgentServer server;

  /**
   * Reads the configuration.
   *
   * @param log where log lines go
   * @throws EngineException {@code ConfigurationInvalid}
   */
  public Sidecar(Path path, PrintStream log) {
    this.log = log;
    this.file = ConfigFile.read(path);
    LogSettings.use(file.config().log(), log);
    this.metrics = new AgentMetrics();
    this.protection = new Protection(file.config(), metrics.store(), clock);
    this.watched = new WatchedFiles(file.config());
  }

  /**
   * Begins; returns at once.
   *
   * @throws EngineException {@code HostFailure}, if nobody can listen on the address configured
   */
  public synchronized void start() {
    server = AgentServer.start(file.config().http(), this);
    protection.start();
    every(TICK, () -> protection.tick());
    every(LOOK_AT_FILE, this::lookAtFile);
    LOG.info("The sidecar runs with {}.", file.path());
  }

  /** Waits until {@link #close} is called. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  private void every(Duration pause, Runnable task) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.error("A task of the sidecar failed unexpectedly.", e);
          }
        };
    var unused =
        timer.scheduleWithFixedDelay(
            guarded, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void lookAtFile() {
    Optional<String> hash = ConfigFile.currentHash(file.path());
    if (hash.isEmpty() || hash.get().equals(refusedHash)) {
      return;
    }
    if (hash.get().equals(file.hash())) {
      if (configError != null) {
        configError = null;
        refusedHash = null;
      }
      if (watched.haveChanged()) {
        LOG.info("A file that the configuration names has changed.");
        begin(file);
      }
      return;
    }
    try {
      reload(ConfigFile.read(file.path()));
      configError = null;
      refusedHash = null;
    } catch (EngineException e) {
      configError = Failures.failure(e, clock.instant());
      refusedHash = hash.get();
      LOG.error("The changed configuration is not taken up: {}", Failures.message(e));
    }
  }

  private void reload(ConfigFile next) {
    AgentConfig before = file.config();
    AgentConfig now = next.config();
    LogSettings.use(now.log(), log);
    if (!now.http().equals(before.http())) {
      AgentServer old = server;
      if (old != null) {
        old.close();
      }
      server = AgentServer.start(now.http(), this);
    }
    if (protection.canAdopt(now) && !watched.haveChanged()) {
      protection.adopt(now);
      file = next;
    } else {
      begin(next);
    }
    LOG.info("The changed configuration {} is in force.", next.path());
  }

  /** Begins anew; what is not durable yet waits in the slot. */
  private void begin(ConfigFile next) {
    Protection instead = new Protection(next.config(), metrics.store(), clock);
    protection.close();
    protection = instead;
    file = next;
    watched = new WatchedFiles(next.config());
    instead.start();
  }

  @Override
  public AgentStatus status() {
    return new StatusReport(protection).make(startedAt, file.hash(), configError);
  }

  @Override
  public BackupList backups() {
    return ArchiveDocuments.list(protection.archiveForReading());
  }

  @Override
  public BackupProgressStatus requestBackup(BackupRequest request) {
    protection.requireReady();
    return protection.desk().request(request.requestId(), origin(request.origin()));
  }

  private static Origin origin(@Nullable String text) {
    if (text == null || text.equals(Origin.Manual.name())) {
      return Origin.Manual;
    }
    if (text.equals(Origin.PostRestore.name())) {
      return Origin.PostRestore;
    }
    throw new EngineException(
        Reason.InvalidArgument,
        "A backup can be asked for with the origin Manual or PostRestore, not \"" + text + "\".");
  }

  @Override
  public Optional<BackupProgressStatus> backupRequest(String requestId) {
    return protection.desk().find(requestId);
  }

  @Override
  public PlanDocument plan(PlanRequest request) {
    return PlanDocuments.plan(
        new RestorePlanner(protection.archiveForReading()).plan(PlanDocuments.request(request)));
  }

  @Override
  public FlushResult flush() {
    return protection.flush(PATIENCE);
  }

  @Override
  public Pause pause() {
    return new Pause(ContractJson.VERSION, protection.pausedUntil().orElse(null));
  }

  @Override
  public Pause pause(PauseRequest request) {
    return new Pause(ContractJson.VERSION, protection.pause(length(request.seconds())));
  }

  @Override
  public SwapPreparation prepareSwap(SwapRequest request) {
    return protection.prepareSwap(
        Boolean.TRUE.equals(request.stopBackup()), length(request.pauseSeconds()), PATIENCE);
  }

  private static Duration length(@Nullable Integer seconds) {
    int wanted = seconds == null ? PauseRequest.DEFAULT_SECONDS : seconds;
    if (wanted < 1 || wanted > PauseRequest.LONGEST_SECONDS) {
      throw new EngineException(
          Reason.InvalidArgument,
          "A pause lasts 1 to "
              + PauseRequest.LONGEST_SECONDS
              + " seconds, not "
              + wanted
              + ". Ask again in time for more.");
    }
    return Duration.ofSeconds(wanted);
  }

  @Override
  public AgentStatus resume() {
    protection.resume();
    return status();
  }

  @Override
  public String metrics() {
    return metrics.page(status());
  }

  /** Ends in order, within ten seconds. */
  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (this) {
      LOG.info("The sidecar ends.");
      protection.close();
      AgentServer running = server;
      if (running != null) {
        running.close();
      }
    }
    ended.countDown();
  }
}
