package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.restore.target.BackupPoint;
import dev.pgbackup.engine.restore.target.ResolvedTarget;
import dev.pgbackup.engine.restore.target.TargetResolver;
import dev.pgbackup.engine.wal.ArchivedWal;
import dev.pgbackup.engine.wal.StoreArchivedWal;
import dev.pgbackup.engine.wal.index.CommitIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Works out what a restore does, or why it cannot be done and what can be done instead. It reads
 * small objects only, and changes nothing that anybody would miss.
 */
public final class RestorePlanner {

  private static final int NAMED = 5;

  private final Archive archive;
  private final ArchivedWal wal;
  private final TargetResolver resolver;

  public RestorePlanner(Archive archive) {
    this(archive, new StoreArchivedWal(archive));
  }

  RestorePlanner(Archive archive, ArchivedWal wal) {
    this.archive = archive;
    this.wal = wal;
    this.resolver = new TargetResolver(new CommitIndex(archive, wal));
  }

  /**
   * Plans.
   *
   * @throws EngineException of the family {@code TARGET}, with what is possible instead; of the
   *     families {@code ARCHIVE} and {@code STORE}
   */
  public RestorePlan plan(RestoreRequest request) {
    List<BackupManifest> backups = archive.catalog().newestFirst().toList();
    Optional<Timeline> live = archive.timelines().live();
    Timeline wanted = request.timeline().or(() -> live).orElse(Timeline.FIRST);
    TimelineHistory branch = branch(wanted);
    ResolvedTarget target =
        resolve(request, branch, backups.stream().map(BackupPoint::of).toList());
    BackupManifest backup =
        backups.stream()
            .filter(candidate -> candidate.backupId().equals(target.backup().id()))
            .findFirst()
            .orElseThrow();
    WalPath path =
        new WalPath(
            historyOnTheWay(branch.timelineAt(target.lastRecordStart())),
            backup.startLsn(),
            target.lastRecordEnd(),
            archive.segmentSize());
    new PathWal(wal, path, branch)
        .firstMissing()
        .ifPresent(
            missing -> {
              throw missing.refused();
            });
    SortedMap<String, String> settings = RequiredSettings.of(backup, target.parameterChanges());
    return new RestorePlan(
        request,
        archive.id(),
        backup,
        target,
        path,
        settings,
        warnings(target, backup, settings, branch, live));
  }

  private TimelineHistory branch(Timeline timeline) {
    return wal.history(timeline)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.TimelineUnreachable,
                    "The archive has no history of timeline "
                        + timeline
                        + ". Choose one of those that it has: "
                        + String.join(
                            ", ",
                            branches().stream().map(known -> known.timeline().toString()).toList())
                        + "."));
  }

  private List<TimelineHistory> branches() {
    return archive.timelines().known().stream()
        .flatMap(timeline -> wal.history(timeline).stream())
        .toList();
  }

  private ResolvedTarget resolve(
      RestoreRequest request, TimelineHistory branch, List<BackupPoint> backups) {
    Alternatives alternatives = new Alternatives(resolver, backups);
    if (request.backup().isPresent()) {
      BackupPoint chosen = chosen(request.backup().get(), branch, backups);
      try {
        return resolver.resolve(request.target(), branch, List.of(chosen));
      } catch (EngineException refusal) {
        throw alternatives.toBackup(chosen, request.target(), branch, refusal);
      }
    }
    try {
      return resolver.resolve(request.target(), branch, backups);
    } catch (EngineException refusal) {
      throw request.timeline().isPresent()
          ? refusal
          : alternatives.toBranch(request.target(), branch, branches(), refusal);
    }
  }

  private static BackupPoint chosen(BackupId id, TimelineHistory branch, List<BackupPoint> all) {
    BackupPoint backup =
        all.stream()
            .filter(candidate -> candidate.id().equals(id))
            .findFirst()
            .orElseThrow(() -> notFound(id, all));
    if (!branch.passes(backup.timeline(), backup.stop())) {
      throw new EngineException(
          Reason.TimelineUnreachable,
          "Backup "
              + id
              + " was taken on timeline "
              + backup.timeline()
              + " and ends at "
              + backup.stop()
              + ", which does not lie on the way to timeline "
              + branch.timeline()
              + ". Choose timeline "
              + backup.timeline()
              + ", or another backup.");
    }
    return backup;
  }

  private static EngineException notFound(BackupId id, List<BackupPoint> all) {
    List<String> newest =
        all.stream()
            .map(BackupPoint::id)
            .sorted(Comparator.reverseOrder())
            .limit(NAMED)
            .map(BackupId::toString)
            .toList();
    return new EngineException(
        Reason.BackupNotFound,
        "There is no backup "
            + id
            + (newest.isEmpty()
                ? "; the archive has none at all. Take one: `pgbackup backup`."
                : ". The newest ones are "
                    + String.join(", ", newest)
                    + "; `pgbackup list` shows all."));
  }

  /** Of a timeline on the way, without which PostgreSQL cannot follow it. */
  private TimelineHistory historyOnTheWay(Timeline timeline) {
    return wal.history(timeline)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ArchiveDamaged,
                    "The archive lacks "
                        + archive.layout().history(timeline)
                        + ", without which PostgreSQL cannot recover along timeline "
                        + timeline
                        + ". Bring that file back from the server's pg_wal or from an older version of the object."));
  }

  private static List<String> warnings(
      ResolvedTarget target,
      BackupManifest backup,
      SortedMap<String, String> settings,
      TimelineHistory branch,
      Optional<Timeline> live) {
    List<String> warnings = new ArrayList<>(target.warnings());
    String raised = raised(backup, settings);
    if (!raised.isEmpty()) {
      warnings.add(
          "Settings of the server were raised after backup "
              + backup.backupId()
              + ": "
              + raised
              + ". Configuration in the data directory is older than that: give the restored server these values"
              + " before it is started.");
    }
    if (backup.corruption() != null) {
      warnings.add(
          "Backup "
              + backup.backupId()
              + " holds "
              + backup.corruption().pages()
              + " pages that were corrupt on the server already, the first in "
              + backup.corruption().first().get(0).path()
              + ".");
    }
    live.filter(timeline -> !timeline.equals(branch.timeline()))
        .ifPresent(
            timeline ->
                warnings.add(
                    "The server was last seen on timeline "
                        + timeline
                        + "; this restores from the way to timeline "
                        + branch.timeline()
                        + ", as asked for."));
    return warnings;
  }

  /** As in {@code a = 1, b = 2}. Configuration files are no part of WAL. */
  private static String raised(BackupManifest backup, SortedMap<String, String> settings) {
    Map<String, String> recorded = backup.server().settings();
    return settings.entrySet().stream()
        .filter(setting -> !setting.getValue().equals(recorded.get(setting.getKey())))
        .map(setting -> setting.getKey() + " = " + setting.getValue())
        .collect(Collectors.joining(", "));
  }
}
