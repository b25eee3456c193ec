package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.schedule.BackupSchedule;
import dev.pgbackup.agent.sidecar.BackupNeeds.Hole;
import dev.pgbackup.agent.sidecar.BackupNeeds.Newest;
import dev.pgbackup.contract.config.BaseBackupConfig;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.wal.ArchivingState;
import dev.pgbackup.engine.wal.ArchivingStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for backups by itself: the first one, one after whatever makes the ones before useless, and
 * those of the schedule. One that fails is tried again, ever more patiently.
 */
final class AutomaticBackups {

  private static final Logger LOG = LoggerFactory.getLogger(AutomaticBackups.class);

  private static final Set<ArchivingState> ATTACHED =
      EnumSet.of(ArchivingState.Streaming, ArchivingState.Lagging, ArchivingState.AtRisk);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

  private final BackupDesk desk;
  private final RandomGenerator random;
  private final Instant begun;
  private BaseBackupConfig config;
  private BackupSchedule schedule;
  private Optional<BackupManifest> published = Optional.empty();
  private Optional<Instant> dueSince = Optional.empty();
  private Optional<Instant> due = Optional.empty();
  private Instant notBefore = Instant.MIN;
  private Duration pause = FIRST_PAUSE;

  /**
   * @param begun the time from which on nothing is missed, while there is no backup
   */
  AutomaticBackups(
      BackupDesk desk, BaseBackupConfig config, RandomGenerator random, Instant begun) {
    this.desk = desk;
    this.config = config;
    this.random = random;
    this.begun = begun;
    this.schedule = new BackupSchedule(config, random);
  }

  synchronized void configure(BaseBackupConfig next) {
    if (!next.equals(config)) {
      config = next;
      schedule = new BackupSchedule(next, random);
      dueSince = Optional.empty();
    }
  }

  /** A backup was published, which the archive's view may not show yet. */
  synchronized void published(BackupManifest manifest) {
    published = Optional.of(manifest);
    pause = FIRST_PAUSE;
    notBefore = Instant.MIN;
  }

  /** A backup failed. */
  synchronized void failed(Instant now) {
    notBefore = now.plus(pause);
    pause = pause.multipliedBy(2);
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      pause = LONGEST_PAUSE;
    }
  }

  /** When the schedule wants the next one; in the past, if it is late. */
  synchronized Optional<Instant> next(ArchiveView.Snapshot archive) {
    Instant since = newest(archive).map(BackupManifest::startedAt).orElse(begun);
    if (!Optional.of(since).equals(dueSince)) {
      dueSince = Optional.of(since);
      due = schedule.nextAfter(since);
    }
    return due;
  }

  /** Whether the server is reached, is the right one, and its WAL goes into the archive. */
  static boolean isAttached(ArchivingStatus archiving) {
    return ATTACHED.contains(archiving.state());
  }

  /** Asks for a backup, if one is needed and can be had. */
  synchronized void tick(ArchiveView.Snapshot archive, ArchivingStatus archiving, Instant now) {
    if (!isAttached(archiving)
        || archiving.timeline().isEmpty()
        || !archive.live().equals(archiving.timeline())
        || now.isBefore(notBefore)
        || desk.current().isPresent()) {
      return;
    }
    needed(archive, archiving.timeline().get(), now).ifPresent(origin -> ask(origin, now));
  }

  private Optional<Origin> needed(ArchiveView.Snapshot archive, Timeline live, Instant now) {
    return BackupNeeds.of(
        config.immediate(),
        newest(archive).map(backup -> new Newest(backup.timeline(), backup.startLsn())),
        live,
        archive.gaps().stream()
            .map(gap -> new Hole(new Timeline(gap.timeline()), Lsn.parse(gap.toLsn())))
            .toList(),
        next(archive),
        now);
  }

  private Optional<BackupManifest> newest(ArchiveView.Snapshot archive) {
    Optional<BackupManifest> seen = archive.newestOnLive();
    boolean unseen =
        published.isPresent()
            && published.map(BackupManifest::timeline).equals(archive.live())
            && seen.map(backup -> backup.backupId().compareTo(published.get().backupId()) < 0)
                .orElse(true);
    return unseen ? published : seen;
  }

  private void ask(Origin origin, Instant now) {
    try {
      desk.request(null, origin);
      LOG.info("A base backup begins ({}).", origin);
    } catch (EngineException e) {
      if (e.reason() != Reason.BackupInProgress) {
        throw e;
      }
      notBefore = now.plus(FIRST_PAUSE);
    }
  }
}
