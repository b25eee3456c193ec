package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.plan.PathWal;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.replay.HistoryAnswers;
import dev.pgbackup.engine.restore.replay.Milestone;
import dev.pgbackup.engine.restore.replay.NewTablespaces;
import dev.pgbackup.engine.restore.replay.Replay;
import dev.pgbackup.engine.restore.replay.ReplayProgress;
import dev.pgbackup.engine.restore.replay.ReplayServer;
import dev.pgbackup.engine.restore.replay.SharedFolder;
import dev.pgbackup.engine.restore.replay.WalFeed;
import dev.pgbackup.engine.wal.StoreArchivedWal;
import dev.pgbackup.engine.wal.index.CommitIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What works together while WAL is replayed: the server, and what feeds it. */
final class ReplayRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReplayRun.class);

  private final ReplayServer server;
  private final WalFeed feed;
  private final Replay replay;

  /**
   * @param folder laid down already
   * @param claimed the timeline that a promotion takes; null if there is none
   */
  ReplayRun(
      Archive archive,
      RestorePlan plan,
      RestoreSettings settings,
      ReplayServer server,
      SharedFolder folder,
      @Nullable Timeline claimed,
      Consumer<ReplayProgress> listener) {
    this.server = server;
    StoreArchivedWal wal = new StoreArchivedWal(archive);
    Path directory = settings.directory();
    this.feed =
        new WalFeed(
            folder,
            plan.wal(),
            new PathWal(wal, plan.wal(), plan.target().branch()),
            new HistoryAnswers(archive.timelines(), plan.wal(), claimed),
            settings.replay().feed(),
            new NewTablespaces(plan, settings.base().tablespaces()));
    boolean ownConfiguration = !Files.exists(directory.resolve("postgresql.conf"));
    this.replay =
        new Replay(
            plan,
            directory,
            folder,
            server,
            new ReplayServer.Place(directory.toString(), ownConfiguration),
            settings.replay(),
            feed,
            milestones(new CommitIndex(archive, wal), plan),
            listener);
    server.open(folder);
    feed.start();
  }

  /**
   * From what the commit index says of its spans, without reading them. A store that fails just now
   * costs the names of what progress passes, not the restore.
   */
  private static List<Milestone> milestones(CommitIndex index, RestorePlan plan) {
    try {
      return index
          .branch(plan.wal().history(), plan.backup().startLsn(), plan.backup().nextXidAtStart())
          .spans()
          .stream()
          .flatMap(
              span ->
                  span.transactions().stream()
                      .map(ended -> new Milestone(span.to(), ended.lastXid(), ended.lastTime())))
          .toList();
    } catch (EngineException failure) {
      if (failure.reason().family() != Family.STORE) {
        throw failure;
      }
      LOG.warn("Progress is told in positions only: {}", failure.getMessage());
      return List.of();
    }
  }

  Replay replay() {
    return replay;
  }

  @Override
  public void close() {
    server.close();
    feed.close();
  }
}
