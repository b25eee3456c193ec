package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.restore.base.BaseProgress;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.plan.RestoreRequest;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.replay.FeedSettings;
import dev.pgbackup.engine.restore.replay.LocalReplayServer;
import dev.pgbackup.engine.restore.replay.ReplayProgress;
import dev.pgbackup.engine.restore.replay.ReplaySettings;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.decorate.RateLimit;
import dev.pgbackup.engine.store.decorate.ThrottledStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A restore as a process of its own, which can be killed. What it is at it prints: a phase, or how
 * far it is in percent.
 */
final class RestoreCommand {

  private RestoreCommand() {}

  /**
   * @param arguments folder of the store, archive, position of the last record, directory, folder
   *     of PostgreSQL's programs, bytes per second
   */
  public static void main(String[] arguments) {
    ObjectStore store =
        new ThrottledStore(
            DirectoryStore.open(Path.of(arguments[0])),
            RateLimit.unlimited(),
            RateLimit.of(Long.parseLong(arguments[5])));
    Archive archive = Archive.open(store, ArchiveId.parse(arguments[1]));
    RestoreSettings settings =
        RestoreSettings.into(Path.of(arguments[3]))
            .withBase(new BaseSettings(2, false, Map.of(), 0))
            .withReplay(
                new ReplaySettings(
                    new FeedSettings(1, 1, Duration.ofMinutes(1)),
                    Map.of("shared_buffers", "128MB", "max_wal_size", "1GB")))
            .withSlot(ArchivedPrimary.SLOT);
    Restore.of(
            archive,
            settings,
            new LocalReplayServer(Path.of(arguments[4])),
            paused -> Review.Decision.Promote,
                new Printer(System.out))
        .run(
            new RestorePlanner(archive)
                .plan(RestoreRequest.to(RecoveryTarget.lsn(arguments[2], true), Purpose.Restore)));
  }

  private record Printer(PrintStream out) implements RestoreListener {

    @Override
    public void entered(RestorePhase phase) {
      print(phase.name());
    }

    @Override
    public void base(BaseProgress progress) {
      print("base " + (int) progress.percent());
    }

    @Override
    public void replay(ReplayProgress progress) {
      print("replay " + (int) progress.percent());
    }

    private synchronized void print(String line) {
      out.println(line);
      out.flush();
    }
  }
}
