package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.restore.plan.RestorePlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays WAL into a directory that holds a base backup, up to the target.
 *
 * <p>The server is watched from outside, by its control file, its lock file and its log: none of it
 * needs a connection, which a server in recovery would not give.
 */
public final class Replay {

  private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

  private static final long LOOK_MILLIS = 50;
  private static final int PORTS_TO_TRY = 5;
  private static final int STATUS_LINE = 7;

  private final RestorePlan plan;
  private final Path directory;
  private final SharedFolder folder;
  private final ReplayServer server;
  private final ReplayServer.Place place;
  private final ReplaySettings settings;
  private final WalFeed feed;
  private ServerLog log;
  private final Pace pace;
  private final Consumer<ReplayProgress> listener;

  /**
   * @param directory that holds the base backup, as the agent sees it
   * @param folder laid down already
   * @param server opened already
   * @param feed started already
   * @param milestones by which progress is told in times and transactions
   * @param listener told of progress, several times a second
   */
  public Replay(
      RestorePlan plan,
      Path directory,
      SharedFolder folder,
      ReplayServer server,
      ReplayServer.Place place,
      ReplaySettings settings,
      WalFeed feed,
      List<Milestone> milestones,
      Consumer<ReplayProgress> listener) {
    this.plan = plan;
    this.directory = directory;
    this.folder = folder;
    this.server = server;
    this.place = place;
    this.settings = settings;
    this.feed = feed;
    this.log = new ServerLog(folder);
    this.pace = new Pace(plan.wal(), milestones);
    this.listener = listener;
  }

  /**
   * Replays, promotes to a timeline and shuts down.
   *
   * @throws EngineException {@code ReplayFailed}, and whatever kept WAL from being fetched
   */
  public void promote(Timeline claimed) {
    start(TargetAction.Promote);
    watch(() -> isPromoted(claimed));
    LOG.info("The target is reached, the server is on timeline {}.", claimed);
    stop();
    ControlFile control = ControlFile.of(directory);
    if (control.state() != ClusterState.SHUT_DOWN || !control.timeline().equals(claimed)) {
      throw failed(
          "the server was not shut down in order after its promotion (it is "
              + control.state()
              + " on timeline "
              + control.timeline()
              + ")");
    }
  }

  /** Replays and shuts down at the target, still in recovery. */
  public void shutDownAtTarget() {
    start(TargetAction.Shutdown);
    watch(() -> false);
    requireInRecovery();
  }

  /**
   * Replays, lets somebody look at what is there, and shuts down, still in recovery.
   *
   * <p>A server that cannot be read at the target (a transaction with too many subtransactions was
   * open at every snapshot in the WAL) does not wait: PostgreSQL promotes it. It is looked at all
   * the same, and is then on the claimed timeline.
   *
   * @param look returns when the look is over
   */
  public void pauseAtTarget(Timeline claimed, Consumer<PausedServer> look) {
    int port = start(TargetAction.Pause);
    watch(() -> log.paused() || isPromoted(claimed));
    look.accept(new PausedServer(port, plan.backup().server().bootstrapRole()));
    stop();
    if (ControlFile.of(directory).state() != ClusterState.SHUT_DOWN) {
      requireInRecovery();
    }
  }

  /**
   * Creates a slot that holds all WAL from here on, in a directory that was promoted and shut down.
   *
   * @param name lower case letters, digits and underscores
   */
  public void createSlot(String name) {
    layDownFiles(TargetAction.Promote);
    server.start(
        new ServerArguments(plan, folder, place, settings.server()).single(),
        "SELECT pg_catalog.pg_create_physical_replication_slot('" + name + "', true)\n");
    awaitEnd();
    boolean there = Files.exists(slot(directory, name).resolve("state"));
    if (!there || ControlFile.of(directory).state() != ClusterState.SHUT_DOWN) {
      throw failed("the slot " + name + " could not be created");
    }
  }

  /** The folder of a slot in a data directory. */
  public static Path slot(Path directory, String name) {
    return directory.resolve("pg_replslot").resolve(name);
  }

  private int start(TargetAction action) {
    pace.restart();
    for (int i = 1; ; i++) {
      int port = freePort();
      layDownFiles(action);
      server.start(
          new ServerArguments(plan, folder, place, settings.server()).replay(action, port), "");
      if (!cannotListen()) {
        return port;
      }
      awaitEnd();
      if (i == PORTS_TO_TRY) {
        throw failed("the server finds no free port on 127.0.0.1");
      }
    }
  }

  /** Each server has a log of its own. */
  private void layDownFiles(TargetAction action) {
    ServerFiles.layDown(folder, action);
    log = new ServerLog(folder);
  }

  /** Whether the server gave up at once because somebody else has taken its port. */
  private boolean cannotListen() {
    Waiting.until(
        LOOK_MILLIS,
        () -> {
          log.read();
          return log.cannotListen() || server.exited().isPresent() || !status().isEmpty();
        });
    return log.cannotListen();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EngineException(
          Reason.HostFailure, "This machine has no free port: " + e.getMessage() + ".", e);
    }
  }

  /** Returns when {@code done}, or the server has ended well. */
  private void watch(BooleanSupplier done) {
    boolean[] over = new boolean[1];
    Waiting.until(
        LOOK_MILLIS,
        () -> {
          OptionalInt code = server.exited();
          log.read();
          listener.accept(pace.reached(position(), System.nanoTime()));
          over[0] = done.getAsBoolean();
          if (code.isPresent() && !over[0]) {
            requireSuccess(code.getAsInt());
            over[0] = true;
          }
          return over[0];
        });
  }

  private Lsn position() {
    Lsn asked = feed.asked().map(WalSegment::start).orElse(plan.wal().from());
    return log.redo().map(redo -> Lsn.max(redo, asked)).orElse(asked);
  }

  private void requireSuccess(int code) {
    feed.failure()
        .ifPresent(
            cause -> {
              throw cause;
            });
    if (code != 0) {
      throw failed("the server ended with exit code " + code);
    }
  }

  /** A server that can be read while it replays says that it is ready, too. */
  private boolean isPromoted(Timeline claimed) {
    if (!status().equals("ready")) {
      return false;
    }
    ControlFile control;
    try {
      control = ControlFile.of(directory);
    } catch (EngineException beingWritten) {
      return false;
    }
    if (control.state() != ClusterState.IN_PRODUCTION) {
      return false;
    }
    Timeline timeline = control.timeline();
    if (!timeline.equals(claimed)) {
      throw failed(
          "the server promoted to timeline "
              + timeline
              + ", which was not claimed, instead of "
              + claimed);
    }
    return true;
  }

  /** What the server says of itself in its lock file; empty without one. */
  private String status() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve("postmaster.pid"));
      return lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
    } catch (IOException e) {
      return "";
    }
  }

  private void requireInRecovery() {
    ClusterState state = ControlFile.of(directory).state();
    if (state != ClusterState.SHUT_DOWN_IN_RECOVERY) {
      throw failed("the server was not shut down at the target (it is " + state + ")");
    }
  }

  private void stop() {
    server.stop(ReplayServer.Stop.FAST);
    awaitEnd();
  }

  private void awaitEnd() {
    Waiting.until(LOOK_MILLIS, () -> server.exited().isPresent());
    log.read();
  }

  private EngineException failed(String what) {
    return new EngineException(
        Reason.ReplayFailed,
        "Replay to "
            + plan.target().describe()
            + " failed: "
            + what
            + ". The server says: "
            + log.failures()
            + ".");
  }

  /** The end of the server's log, for people. */
  public List<String> logTail() {
    log.read();
    return log.tail();
  }
}
