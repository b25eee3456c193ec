package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.wal.DurableWal;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes base backups of a running primary.
 *
 * <p>A backup that fails, at whatever point, publishes nothing and leaves the server as it was;
 * what it has uploaded is of use to the next one.
 */
public final class BaseBackup {

  private static final Logger LOG = LoggerFactory.getLogger(BaseBackup.class);

  private BaseBackup() {}

  /**
   * Takes a backup. May be interrupted at any time.
   *
   * @param wal by whom the WAL of that server gets into that archive
   * @return the published manifest
   * @throws EngineException {@code BackupInProgress} if another backup of the archive runs, {@code
   *     BackupInterrupted} if the server went away or trying again may help for another reason,
   *     {@code ForeignArchive}, {@code Interrupted}, and others of the families {@code DATABASE}
   *     and {@code STORE}
   */
  public static BackupManifest take(
      Archive archive,
      ServerSessions sessions,
      BackupSettings settings,
      DurableWal wal,
      BackupProgress progress) {
    return take(archive, sessions, settings, wal, progress, Clock.systemUTC());
  }

  static BackupManifest take(
      Archive archive,
      ServerSessions sessions,
      BackupSettings settings,
      DurableWal wal,
      BackupProgress progress,
      Clock clock) {
    BackupId id = BackupId.of(clock.instant(), ThreadLocalRandom.current().nextInt());
    try (ServerSession session = sessions.open("base backup")) {
      requirePrimary(session.facts());
      archive.requireServer(
          session.facts().system(),
          session.facts().version().major(),
          session.facts().segmentSize());
      try (RunningBackup running =
          RunningBackup.begin(archive, id, settings.host(), wal.epoch(), clock)) {
        return new BackupRun(archive, sessions, session, settings, wal, progress, running, id)
            .run();
      } catch (EngineException failure) {
        throw interrupted(id, failure);
      }
    }
  }

  private static void requirePrimary(ServerFacts facts) {
    if (facts.inRecovery()) {
      throw new EngineException(
          Reason.WrongServer,
          "The server is in recovery: it is a standby, or still starting. Backups are taken from the"
              + " primary; let the agent connect to that, or wait until the server accepts writes.");
    }
    facts.requireArchivable();
  }

  /** What fails because the server went away is an interrupted backup. */
  private static EngineException interrupted(BackupId id, EngineException failure) {
    LOG.info("Backup {} failed: {}", id, failure.getMessage());
    return switch (failure.reason()) {
      case DatabaseUnreachable ->
          new EngineException(
              Reason.BackupInterrupted,
              "Backup "
                  + id
                  + " was interrupted: "
                  + failure.getMessage()
                  + " Nothing was published; the next backup takes what was uploaded.",
              failure);
      default -> failure;
    };
  }
}
