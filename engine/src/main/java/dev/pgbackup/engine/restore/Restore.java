package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ClaimedTimeline;
import dev.pgbackup.engine.archive.format.TimelineClaim;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.restore.RestoreState.Stage;
import dev.pgbackup.engine.restore.base.BaseRestore;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.base.RecoveryFiles;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import dev.pgbackup.engine.restore.plan.RestorePlanner;
import dev.pgbackup.engine.restore.plan.RestoreRequest.Purpose;
import dev.pgbackup.engine.restore.replay.Replay;
import dev.pgbackup.engine.restore.replay.ReplayServer;
import dev.pgbackup.engine.restore.replay.SharedFolder;
import dev.pgbackup.engine.restore.replay.TargetAction;
import dev.pgbackup.engine.wal.DirectoryArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A restore from beginning to end.
 *
 * <p>Cut off at any point it is finished by running it again with the same request. A directory is
 * accepted only when its server was shut down in order on the timeline that this restore claimed.
 * One that was cut off before that goes on where it still waits for recovery, and begins again from
 * the base backup where it does not: a plain start in between might show what lies behind the
 * target.
 */
public final class Restore {

  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);

  private static final Duration ARCHIVING = Duration.ofMinutes(30);

  private final Archive archive;
  private final RestoreSettings settings;
  private final ReplayServer server;
  private final Review review;
  private final RestoreListener listener;

  /**
   * A restore.
   *
   * @param server where PostgreSQL runs, of the backup's major version
   * @param review asked when {@code settings} say to pause at the target
   */
  public static Restore of(
      Archive archive,
      RestoreSettings settings,
      ReplayServer server,
      Review review,
      RestoreListener listener) {
    return new Restore(archive, settings, server, review, listener);
  }

  private Restore(
      Archive archive,
      RestoreSettings settings,
      ReplayServer server,
      Review review,
      RestoreListener listener) {
    this.archive = archive;
    this.settings = settings;
    this.server = server;
    this.review = review;
    this.listener = listener;
  }

  /**
   * Restores.
   *
   * @param wanted what was planned; where an earlier run of the same request was cut off, its plan
   *     is carried out instead, which may end at an earlier record
   * @throws EngineException of the families {@code HOST}, {@code ARCHIVE}, {@code STORE}; {@code
   *     Interrupted}
   */
  public RestoreResult run(RestorePlan wanted) {
    listener.entered(RestorePhase.Planning);
    server.requireFit(wanted.backup().server().version());
    try (RestoreDirectory directory = RestoreDirectory.take(settings.directory())) {
      Optional<RestoreState> earlier = directory.state();
      if (earlier.isPresent() && earlier.get().isOf(wanted)) {
        return runAgain(directory, wanted, earlier.get());
      }
      try {
        requireFree(wanted, earlier.filter(state -> state.stage() != Stage.Done));
      } catch (EngineException refusal) {
        if (earlier.isEmpty()) {
          directory.removeTraces();
        }
        throw refusal;
      }
      return run(directory, wanted, RestoreState.begin(wanted));
    }
  }

  private RestoreResult runAgain(
      RestoreDirectory directory, RestorePlan wanted, RestoreState state) {
    if (state.stage() != Stage.Done) {
      LOG.info("An earlier run of this restore was cut off; it goes on.");
      directory.awaitPredecessor(settings.predecessor());
    }
    RestorePlan plan = new RestorePlanner(archive).plan(state.again(wanted.request().purpose()));
    return state.stage() == Stage.Done ? alreadyDone(plan, state) : run(directory, plan, state);
  }

  private void requireFree(RestorePlan plan, Optional<RestoreState> unfinished) {
    if (unfinished.isPresent() && !settings.base().delta()) {
      throw new EngineException(
          Reason.DirectoryNotEmpty,
          settings.directory()
              + " holds a restore that was cut off: "
              + unfinished.get().request()
              + ". Ask for the same once more to finish it, or for a delta restore to replace it.");
    }
    base(plan, settings.base()).check(unfinished.isPresent());
  }

  private RestoreResult alreadyDone(RestorePlan plan, RestoreState state) {
    ControlFile control = ControlFile.of(settings.directory());
    if (control.state() != ClusterState.SHUT_DOWN
        || !control.checkpoint().equals(state.promotedAt())) {
      throw new EngineException(
          Reason.DirectoryNotEmpty,
          settings.directory()
              + " was restored as asked for, and has been in use since. Nothing is changed. To put it back once more ask"
              + " for a delta restore of another target or into another directory, or remove "
              + BaseRestore.OWN_FOLDER
              + " in it.");
    }
    listener.planned(plan);
    listener.entered(RestorePhase.Done);
    return result(plan, state, true);
  }

  private RestoreResult run(RestoreDirectory directory, RestorePlan plan, RestoreState begun) {
    listener.planned(plan);
    RestoreState state = begun;
    directory.write(state);
    try (PinKeeper pinned = PinKeeper.pin(archive, plan, settings.directory())) {
      directory.removeStaleLockFile();
      if (!isReadyForReplay(state) && !isPromoted(plan, state)) {
        state = state.at(Stage.Base);
        directory.write(state);
        restoreBase(plan);
        state = state.at(Stage.Replay);
        directory.write(state);
      }
      state = replay(directory, plan, state);
    }
    return finish(directory, plan, state);
  }

  private boolean isReadyForReplay(RestoreState state) {
    return state.stage() == Stage.Replay
        && Files.exists(settings.directory().resolve(RecoveryFiles.SIGNAL))
        && Files.exists(settings.directory().resolve(ControlFile.PATH));
  }

  /** Whether a server was promoted and shut down in order, with everything that comes before. */
  private boolean isPromoted(RestorePlan plan, RestoreState state) {
    if (state.stage() != Stage.Replay
        || state.claimed() == null
        || !Files.exists(settings.directory().resolve(ControlFile.PATH))) {
      return false;
    }
    ControlFile control = ControlFile.of(settings.directory());
    return control.state() == ClusterState.SHUT_DOWN
        && control.timeline().equals(state.claimed())
        && wantedSlot(plan).map(this::isThere).orElse(true);
  }

  private boolean isThere(String slot) {
    return Files.exists(Replay.slot(settings.directory(), slot).resolve("state"));
  }

  private Optional<String> wantedSlot(RestorePlan plan) {
    return plan.request().purpose() == Purpose.Restore ? settings.slot() : Optional.empty();
  }

  private void restoreBase(RestorePlan plan) {
    listener.entered(RestorePhase.RestoringBase);
    base(plan, settings.base().withDelta()).run();
  }

  private BaseRestore base(RestorePlan plan, BaseSettings how) {
    return new BaseRestore(archive, plan.backup(), settings.directory(), how, listener::base);
  }

  private RestoreState replay(RestoreDirectory directory, RestorePlan plan, RestoreState begun) {
    RestoreState state = begun;
    if (isPromoted(plan, state)) {
      return state;
    }
    if (settings.action() != TargetAction.Shutdown && state.claimed() == null) {
      state = state.withClaim(claim(plan, state).timeline());
      directory.write(state);
    }
    listener.entered(RestorePhase.Replaying);
    SharedFolder folder = SharedFolder.at(directory.newFolder());
    directory.leftFolders().forEach(left -> SharedFolder.at(left).delete());
    folder.create();
    try (ReplayRun run =
        new ReplayRun(archive, plan, settings, server, folder, state.claimed(), listener::replay)) {
      replay(run, plan, Optional.ofNullable(state.claimed()));
    } finally {
      folder.delete();
    }
    return state;
  }

  private void replay(ReplayRun run, RestorePlan plan, Optional<Timeline> claimed) {
    if (settings.action() == TargetAction.Shutdown) {
      run.replay().shutDownAtTarget();
      return;
    }
    if (settings.action() == TargetAction.Pause) {
      Review.Decision[] decision = new Review.Decision[1];
      run.replay()
          .pauseAtTarget(
              claimed.orElseThrow(),
              paused -> {
                listener.entered(RestorePhase.Paused);
                decision[0] = review.look(paused);
              });
      if (decision[0] != Review.Decision.Promote) {
        return;
      }
      listener.entered(RestorePhase.Replaying);
    }
    run.replay().promote(claimed.orElseThrow());
    wantedSlot(plan).ifPresent(run.replay()::createSlot);
  }

  private TimelineClaim claim(RestorePlan plan, RestoreState state) {
    return archive
        .timelines()
        .claimNext(
            state.claimant(),
            plan.request().purpose().claim(),
            plan.wal().timeline(),
            plan.wal().to());
  }

  /** The history and the first WAL of the new timeline: the master's place can be taken at once. */
  private void archive(TimelineClaim claim) {
    new DirectoryArchiver(
            archive, new ClaimedTimeline(archive, claim), CommitIndexer.factory(archive))
        .archive(settings.directory(), claim.claimant(), ARCHIVING);
  }

  private RestoreResult finish(RestoreDirectory directory, RestorePlan plan, RestoreState state) {
    if (!isPromoted(plan, state)) {
      listener.entered(RestorePhase.Done);
      return new RestoreResult(
          settings.directory(), plan, Optional.empty(), Optional.empty(), 0, false);
    }
    listener.entered(RestorePhase.Finishing);
    if (plan.request().purpose() == Purpose.Restore) {
      archive(claim(plan, state));
    }
    directory.write(state.done(ControlFile.of(settings.directory()).checkpoint()));
    listener.entered(RestorePhase.Done);
    return result(plan, state, false);
  }

  private RestoreResult result(RestorePlan plan, RestoreState state, boolean before) {
    return new RestoreResult(
        settings.directory(),
        plan,
        Optional.ofNullable(state.claimed()),
        wantedSlot(plan).filter(this::isThere),
        directoryEntries("pg_twophase"),
        before);
  }

  private int directoryEntries(String folder) {
    try (Stream<Path> entries = Files.list(settings.directory().resolve(folder))) {
      return (int) entries.count();
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure,
          settings.directory().resolve(folder) + " cannot be read: " + e.getMessage() + ".",
          e);
    }
  }
}
