package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.archive.ArchiveChoice;
import dev.pgbackup.agent.config.EngineSettings;
import dev.pgbackup.agent.config.StoreConfigs;
import dev.pgbackup.agent.document.Failures;
import dev.pgbackup.agent.document.ProgramVersion;
import dev.pgbackup.agent.document.SwapPreparations;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.contract.status.FlushResult;
import dev.pgbackup.contract.status.SwapPreparation;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.backup.BackupProgress;
import dev.pgbackup.engine.backup.BaseBackup;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.postgres.session.SwapHazards;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.connect.ObjectStores;
import dev.pgbackup.engine.store.connect.StoreOptions;
import dev.pgbackup.engine.store.decorate.StoreMetrics;
import dev.pgbackup.engine.store.decorate.StoreWatch;
import dev.pgbackup.engine.wal.ArchivingListener;
import dev.pgbackup.engine.wal.ArchivingState;
import dev.pgbackup.engine.wal.ArchivingStatus;
import dev.pgbackup.engine.wal.WalArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that protects one server under one configuration: its WAL, its backups, its recovery
 * window.
 */
final class Protection implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Protection.class);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration DRAIN = Duration.ofSeconds(3);
  private static final Duration LOOK_FOR_SERVER_EVERY = Duration.ofSeconds(2);
  private static final Duration BACKUP_END = Duration.ofSeconds(30);

  private final Clock clock;
  private final ServerSessions sessions;
  private final StoreWatch watch = new StoreWatch();
  private final ObjectStore store;
  private final Archiving archiving;
  private final BackupDesk desk;
  private final AutomaticBackups automatic;
  private final Thread thread = new Thread(this::work, "protection");
  private final Signal signal = new Signal();

  private volatile AgentConfig config;
  private volatile @Nullable Contact contact;
  private volatile @Nullable RetentionRuns retention;
  private volatile ArchiveView.@Nullable Snapshot archiveNow;
  private volatile @Nullable Failure contactFailure;
  private volatile @Nullable Failure lookFailure;
  private volatile @Nullable Instant pausedUntil;
  private volatile @Nullable ServerFacts prepared;
  private volatile Instant stateSince;
  private volatile boolean closed;
  private @Nullable ArchiveView view;

  /**
   * @throws EngineException {@code ConfigurationInvalid}
   */
  Protection(AgentConfig config, StoreMetrics metrics, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.stateSince = clock.instant();
    this.sessions = new ServerSessions(EngineSettings.connection(config));
    this.store =
        ObjectStores.open(
            StoreConfigs.settings(config.storage()),
            StoreOptions.DEFAULT.with(metrics).with(watch));
    this.archiving = new Archiving(archivers(config));
    this.desk =
        new BackupDesk(
            this::takeBackup, config.baseBackup().timeout().duration(), this::backupEnded, clock);
    this.automatic =
        new AutomaticBackups(
            desk, config.baseBackup(), ThreadLocalRandom.current(), clock.instant());
    thread.setDaemon(true);
  }

  /** Begins; returns at once, and goes on by itself until it is closed. */
  void start() {
    thread.start();
  }

  /** Whether a configuration can be taken up without beginning anew. */
  boolean canAdopt(AgentConfig next) {
    return next.storage().equals(config.storage())
        && next.lineage() == config.lineage()
        && java.util.Objects.equals(next.connection(), config.connection())
        && java.util.Objects.equals(next.takeOverEpoch(), config.takeOverEpoch());
  }

  /** Takes up a configuration with the same server and the same store. */
  void adopt(AgentConfig next) {
    AgentConfig before = config;
    config = next;
    desk.limit(next.baseBackup().timeout().duration());
    automatic.configure(next.baseBackup());
    RetentionRuns runs = retention;
    if (runs != null) {
      runs.configure(EngineSettings.retention(next.retention()));
    }
    if (!next.wal().equals(before.wal())) {
      archiving.restart(archivers(next), DRAIN);
    }
  }

  private Supplier<WalArchiver> archivers(AgentConfig of) {
    return () -> {
      Archive archive = requireContact().archive();
      Ownership ownership =
          new Ownership(
              archive,
              new Ownership.Writer(
                  EngineSettings.hostName(), sessions.settings().address(), of.wal().slotName()),
              of.takeOverEpoch(),
              Ownership.Lease.DEFAULT,
              clock);
      return new WalArchiver(
          archive,
          ownership,
          sessions,
          EngineSettings.archiving(of.wal()),
          CommitIndexer.factory(archive),
          new ArchivingListener() {
            @Override
            public void timelineBegun(Timeline timeline) {
              LOG.info("The server is on timeline {}.", timeline);
              signal.give();
            }

            @Override
            public void stateChanged(ArchivingState before, ArchivingStatus now) {
              stateSince = clock.instant();
            }

            @Override
            public void gapFound(Gap gap) {
              LOG.warn(
                  "WAL of timeline {} from {} to {} is missing for good: {}",
                  gap.timeline(),
                  gap.from(),
                  gap.to(),
                  gap.cause());
              signal.give();
            }
          },
          watch::trouble);
    };
  }

  private void work() {
    Duration pause = FIRST_PAUSE;
    while (!closed && contact == null) {
      try {
        connect();
      } catch (EngineException e) {
        contactFailure = Failures.failure(e, clock.instant());
        LOG.warn("{} Next try in {} s.", Failures.message(e), pause.toSeconds());
      } catch (RuntimeException e) {
        contactFailure = Failures.failure(e, clock.instant());
        LOG.error("Connecting failed unexpectedly.", e);
      }
      if (contact == null) {
        signal.await(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    }
    Instant lookAt = Instant.MIN;
    boolean asked = false;
    while (!closed) {
      if (asked || !clock.instant().isBefore(lookAt)) {
        look();
        lookAt = clock.instant().plus(LOOK_EVERY);
      }
      if (prepared != null) {
        lookForServer();
      }
      asked = signal.await(prepared == null ? LOOK_EVERY : LOOK_FOR_SERVER_EVERY);
    }
  }

  private void connect() {
    ServerFacts server;
    try (ServerSession session = sessions.open("sidecar")) {
      server = session.facts();
    }
    server.requireArchivable();
    Archive archive =
        Archive.openOrCreate(
            store,
            server.system(),
            server.version().major(),
            server.segmentSize(),
            config.lineage());
    boolean conditional = store.capabilities().replaceIfMatch();
    LOG.info(
        "Server {}: PostgreSQL {}, system identifier {}; archive {} in {}.",
        sessions.settings().address(),
        server.version(),
        server.system(),
        archive.id(),
        store.describe());
    view = new ArchiveView(archive);
    retention =
        new RetentionRuns(
            archive, EngineSettings.retention(config.retention()), clock, this::archiveChanged);
    contact = new Contact(archive, server, conditional);
    contactFailure = null;
    archiving.start();
  }

  private void archiveChanged() {
    ArchiveView known = view;
    if (known != null) {
      known.forget();
    }
    signal.give();
  }

  private void look() {
    ArchiveView known = view;
    if (known == null) {
      return;
    }
    try {
      archiveNow = known.look(clock.instant());
      lookFailure = null;
    } catch (EngineException e) {
      lookFailure = Failures.failure(e, clock.instant());
      LOG.debug("the archive could not be looked at", e);
    } catch (RuntimeException e) {
      lookFailure = Failures.failure(e, clock.instant());
      LOG.error("Looking at the archive failed unexpectedly.", e);
    }
  }

  /** To be called every second or so. */
  void tick() {
    Instant now = clock.instant();
    Instant paused = pausedUntil;
    if (paused != null) {
      if (now.isAfter(paused)) {
        LOG.warn("Paused, but nobody said to go on: it goes on by itself.");
        resume();
      }
      return;
    }
    ArchiveView.Snapshot archive = archiveNow;
    Optional<ArchivingStatus> status = archiving.status();
    RetentionRuns runs = retention;
    if (archive == null || !status.map(AutomaticBackups::isAttached).orElse(false)) {
      return;
    }
    automatic.tick(archive, status.get(), now);
    if (runs != null) {
      runs.tick(now);
    }
  }

  private BackupManifest takeBackup(Origin origin, BackupProgress progress) {
    BackupManifest manifest =
        BaseBackup.take(
            requireContact().archive(),
            sessions,
            EngineSettings.backup(config.baseBackup(), origin, ProgramVersion.writer()),
            archiving,
            progress);
    automatic.published(manifest);
    return manifest;
  }

  private void backupEnded(boolean published) {
    if (!published) {
      automatic.failed(clock.instant());
      return;
    }
    signal.give();
    RetentionRuns runs = retention;
    if (runs != null && pausedUntil == null) {
      runs.run();
    }
  }

  /** See {@link WalArchiver#flush}. */
  FlushResult flush(Duration atMost) {
    Lsn durable = archiving.flush(atMost);
    Timeline timeline =
        archiving
            .status()
            .flatMap(ArchivingStatus::timeline)
            .orElse(requireContact().server().timeline());
    return new FlushResult(ContractJson.VERSION, timeline.number(), durable.toString());
  }

  /** Begins no backup and no retention by itself for a while; returns its end. */
  synchronized Instant pause(Duration length) {
    Instant until = clock.instant().plus(length);
    pausedUntil = until;
    LOG.info("Scheduled backups and retention are paused until {}.", until);
    return until;
  }

  /**
   * Makes the server ready to be shut down: everything durable, no session left, nothing begun.
   * When a server that was started later is there, archiving goes on by itself.
   *
   * @param stopBackup whether a backup that is being taken is given up
   * @param pause as {@link #pause}
   * @throws EngineException {@code BackupInProgress}, or if not everything can be made durable:
   *     then nothing has changed
   */
  synchronized SwapPreparation prepareSwap(boolean stopBackup, Duration pause, Duration atMost) {
    desk.close("The server is about to be swapped. Backups go on after that.");
    boolean done = false;
    try {
      requireNoBackup(stopBackup);
      archiving.start();
      ServerFacts server;
      SwapHazards hazards;
      boolean checkpointed;
      try (ServerSession session = sessions.open("swap")) {
        server = session.facts();
        hazards = SwapHazards.of(session);
        checkpointed = session.checkpoint();
      }
      FlushResult flushed = flush(atMost);
      archiving.stop(DRAIN);
      prepared = server;
      Instant until = pause(pause);
      done = true;
      signal.give();
      LOG.info("Prepared for a swap: everything up to {} is durable.", flushed.durableLsn());
      return SwapPreparations.of(server, flushed.durableLsn(), until, checkpointed, hazards);
    } finally {
      if (!done) {
        goOn();
      }
    }
  }

  private void requireNoBackup(boolean stop) {
    if (stop && desk.current().isPresent()) {
      desk.interrupt();
      try {
        desk.awaitIdle(BACKUP_END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EngineException(Reason.Interrupted, "The preparation was interrupted.", e);
      }
    }
    desk.current()
        .ifPresent(
            running -> {
              throw new EngineException(
                  Reason.BackupInProgress,
                  "Backup " + running.backupId() + " is being taken. Ask again when it is done.");
            });
  }

  /** Whether a server is there that was started after the one that was prepared for a swap. */
  private void lookForServer() {
    ServerFacts before = prepared;
    ServerFacts now;
    try (ServerSession session = sessions.open("swap")) {
      now = session.facts();
    } catch (EngineException e) {
      LOG.debug("the server is not there", e);
      return;
    }
    if (before != null && !now.startedAt().equals(before.startedAt()) && !now.inRecovery()) {
      LOG.info("A server is there again, on timeline {}.", now.timeline());
      found(now);
    }
  }

  private synchronized void found(ServerFacts server) {
    Contact known = requireContact();
    if (server.system().equals(known.server().system())) {
      contact = new Contact(known.archive(), server, known.conditionalWrites());
    }
    goOn();
  }

  /** Archives again, and takes backups that are asked for. */
  private synchronized void goOn() {
    prepared = null;
    desk.open();
    if (contact != null && !closed) {
      archiving.start();
    }
  }

  /** Ends what {@link #pause} and {@link #prepareSwap} began. */
  synchronized void resume() {
    pausedUntil = null;
    goOn();
    signal.give();
  }

  /**
   * The archive for readers: works while the server is down.
   *
   * @throws EngineException if it is not clear which one it is
   */
  Archive archiveForReading() {
    Contact known = contact;
    return known != null
        ? known.archive()
        : ArchiveChoice.only(store, Optional.empty(), Optional.of(config.lineage()));
  }

  private Contact requireContact() {
    Contact known = contact;
    if (known == null) {
      Failure why = contactFailure;
      throw new EngineException(
          why == null ? Reason.DatabaseUnreachable : Reason.valueOf(why.reason()),
          why == null ? "The server has not been reached yet. Try again." : why.message());
    }
    return known;
  }

  BackupDesk desk() {
    return desk;
  }

  /** Makes sure that a backup can be asked for. */
  void requireReady() {
    requireContact();
  }

  Optional<Contact> contact() {
    return Optional.ofNullable(contact);
  }

  /** Why there is no contact yet; a store that hangs keeps its failure to itself for long. */
  Optional<Failure> contactFailure() {
    return contact != null
        ? Optional.empty()
        : watch
            .trouble()
            .map(trouble -> Failures.failure(trouble, clock.instant()))
            .or(() -> Optional.ofNullable(contactFailure));
  }

  /** Whether the store does not answer. */
  boolean isStoreDown() {
    return watch.trouble().isPresent();
  }

  Optional<Failure> lookFailure() {
    return Optional.ofNullable(lookFailure);
  }

  Optional<ArchiveView.Snapshot> archiveNow() {
    return Optional.ofNullable(archiveNow);
  }

  Optional<ArchivingStatus> archivingStatus() {
    return archiving.status();
  }

  /** When archiving came into the state that it is in. */
  Instant stateSince() {
    return stateSince;
  }

  Optional<RetentionRuns> retention() {
    return Optional.ofNullable(retention);
  }

  /** Empty unless it is paused. */
  Optional<Instant> pausedUntil() {
    return Optional.ofNullable(pausedUntil);
  }

  /** Whether it is prepared for a swap: it does not archive. */
  boolean isPrepared() {
    return prepared != null;
  }

  Optional<Instant> nextBackup(ArchiveView.Snapshot archive) {
    return automatic.next(archive);
  }

  String slotName() {
    return config.wal().slotName();
  }

  String storeDescription() {
    return store.describe();
  }

  /** Ends in order within a few seconds: what is not durable by then is left to the slot. */
  @Override
  public void close() {
    closed = true;
    signal.give();
    desk.close("The agent is ending.");
    desk.interrupt();
    archiving.stop(DRAIN);
    RetentionRuns runs = retention;
    if (runs != null) {
      runs.close();
    }
    try {
      desk.awaitIdle(DRAIN);
      thread.interrupt();
      thread.join(DRAIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
