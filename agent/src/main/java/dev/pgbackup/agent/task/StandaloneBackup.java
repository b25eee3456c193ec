package dev.pgbackup.agent.task;

import dev.pgbackup.agent.config.EngineSettings;
import dev.pgbackup.agent.config.StoreConfigs;
import dev.pgbackup.agent.document.ProgramVersion;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.backup.BackupProgress;
import dev.pgbackup.engine.backup.BaseBackup;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.connect.ObjectStores;
import dev.pgbackup.engine.wal.ArchivingListener;
import dev.pgbackup.engine.wal.ArchivingState;
import dev.pgbackup.engine.wal.ArchivingStatus;
import dev.pgbackup.engine.wal.DurableWal;
import dev.pgbackup.engine.wal.PollingDurableWal;
import dev.pgbackup.engine.wal.WalArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * A backup without the help of a sidecar. Where nobody archives the server's WAL it does so itself
 * for as long as it takes.
 */
public final class StandaloneBackup {

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Set<ArchivingState> ATTACHED =
      EnumSet.of(ArchivingState.Streaming, ArchivingState.Lagging, ArchivingState.AtRisk);
  private static final Set<ArchivingState> HOPELESS =
      EnumSet.of(ArchivingState.Divergent, ArchivingState.SecondWriter, ArchivingState.Refused);

  /**
   * What came of it.
   *
   * @param streamed whether WAL was archived by this itself, so that the slot now waits for the
   *     next run
   */
  public record Taken(BackupManifest manifest, boolean streamed) {}

  private final AgentConfig config;

  public StandaloneBackup(AgentConfig config) {
    this.config = config;
  }

  /** Takes it. */
  public Taken take(BackupProgress progress) {
    ServerSessions sessions = new ServerSessions(EngineSettings.connection(config));
    ServerFacts server;
    try (ServerSession session = sessions.open("backup")) {
      server = session.facts();
    }
    server.requireArchivable();
    ObjectStore store = ObjectStores.open(StoreConfigs.settings(config.storage()));
    Archive archive =
        Archive.openOrCreate(
            store,
            server.system(),
            server.version().major(),
            server.segmentSize(),
            config.lineage());
    if (Rights.isAlive(archive)) {
      return new Taken(
          take(archive, sessions, new PollingDurableWal(archive, LOOK_EVERY), progress), false);
    }
    WalArchiver archiver =
        new WalArchiver(
            archive,
            Rights.of(
                archive,
                "backup",
                sessions.settings().address(),
                config.wal().slotName(),
                config.takeOverEpoch()),
            sessions,
            EngineSettings.archiving(config.wal()),
            CommitIndexer.factory(archive),
            ArchivingListener.NONE);
    try {
      archiver.start();
      awaitAttached(archiver);
      return new Taken(take(archive, sessions, archiver, progress), true);
    } finally {
      archiver.close(DRAIN);
    }
  }

  /** Waits until the server's WAL goes into the archive. */
  private static void awaitAttached(WalArchiver archiver) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    ArchivingStatus status = archiver.status();
    while (!ATTACHED.contains(status.state())) {
      if (isHopeless(status) || System.nanoTime() > end) {
        throw new EngineException(
            status.reason().orElse(Reason.DatabaseUnreachable), status.message());
      }
      try {
        Thread.sleep(LOOK_EVERY.toMillis() / 10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EngineException(Reason.Interrupted, "The backup was interrupted.", e);
      }
      status = archiver.status();
    }
  }

  /** A store that is out of reach may come back; one that refuses goes on refusing. */
  private static boolean isHopeless(ArchivingStatus status) {
    return HOPELESS.contains(status.state())
        || (status.state() == ArchivingState.StoreDown
            && status.reason().map(reason -> !reason.isTransient()).orElse(false));
  }

  private BackupManifest take(
      Archive archive, ServerSessions sessions, DurableWal wal, BackupProgress progress) {
    return BaseBackup.take(
        archive,
        sessions,
        EngineSettings.backup(config.baseBackup(), Origin.Manual, ProgramVersion.writer()),
        wal,
        progress);
  }
}
