package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.wal.transport.ReadAheadTransport;
import dev.pgbackup.engine.wal.transport.SqlTransport;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a server's WAL into an archive all the time, whatever happens to the server, the store and
 * the network in between.
 *
 * <p>It takes the right to write, connects, compares, streams, and begins again after every
 * failure; {@link #status} says how it goes. What is not in the store is kept by the server's slot.
 */
public final class WalArchiver implements DurableWal, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);

  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration HEALTHY = Duration.ofSeconds(10);
  private static final Duration LAST_CHORES = Duration.ofSeconds(2);

  private final Archive archive;
  private final Ownership ownership;
  private final ServerSessions sessions;
  private final ArchivingSettings settings;
  private final WalFollower.Factory followers;
  private final ArchivingListener listener;
  private final StatusBoard board;
  private final ArchivingControl control = new ArchivingControl();
  private final Thread thread = new Thread(this::work, "wal-archiver");
  private boolean tidied;

  /**
   * @param ownership the right to write: taken, kept and released by this
   * @param followers look at the WAL on its way
   */
  public WalArchiver(
      Archive archive,
      Ownership ownership,
      ServerSessions sessions,
      ArchivingSettings settings,
      WalFollower.Factory followers,
      ArchivingListener listener) {
    this(archive, ownership, sessions, settings, followers, listener, Optional::empty);
  }

  /**
   * @param store what is wrong with the store at the moment: status shows it while calls to it
   *     hang, or are tried again
   */
  public WalArchiver(
      Archive archive,
      Ownership ownership,
      ServerSessions sessions,
      ArchivingSettings settings,
      WalFollower.Factory followers,
      ArchivingListener listener,
      Supplier<Optional<EngineException>> store) {
    this.archive = archive;
    this.ownership = ownership;
    this.sessions = sessions;
    this.settings = settings;
    this.followers = followers;
    this.listener = listener;
    this.board = new StatusBoard(settings, listener, Clock.systemUTC(), store);
    thread.setDaemon(true);
  }

  /** Begins; returns at once. */
  public void start() {
    board.started();
    thread.start();
  }

  public ArchivingStatus status() {
    return board.snapshot();
  }

  /**
   * Stores what the server has on its disk by now, without waiting for the flush interval.
   *
   * @return everything before it is in the store
   * @throws EngineException with {@code BackupInterrupted} if that did not happen in time, with the
   *     reason of what prevents it, with {@code Interrupted}
   */
  public Lsn flush(Duration atMost) {
    Lsn target;
    Timeline timeline;
    try (ServerSession session = sessions.open("flush")) {
      session.facts().requireArchivable();
      timeline = session.facts().timeline();
      target = SqlTransport.flushPosition(session);
    }
    await(timeline, archive.segmentSize().floor(target), target, atMost);
    return target;
  }

  @Override
  public void await(Timeline timeline, Lsn from, Lsn to, Duration atMost) {
    DurableCheck check = new DurableCheck(archive, timeline, from, to);
    long end = System.nanoTime() + atMost.toNanos();
    long lookAt = System.nanoTime();
    boolean told = false;
    while (true) {
      long now = System.nanoTime();
      if (!told && board.isDurable(timeline, to)) {
        told = true;
        lookAt = now;
      }
      if (now - lookAt >= 0) {
        if (check.isDurable()) {
          return;
        }
        control.askFlush();
        lookAt = now + LOOK.toNanos();
      }
      if (now - end >= 0) {
        throw check.tooLate(atMost);
      }
      try {
        board.awaitProgress(Duration.ofNanos(Math.min(end - now, LOOK.toNanos())));
      } catch (InterruptedException e) {
        throw DurableCheck.interrupted(e);
      }
    }
  }

  @Override
  public OptionalLong epoch() {
    return ownership.held().stream().mapToLong(Owner::epoch).findFirst();
  }

  /**
   * Ends: stores what the server wrote so far, if that takes no longer than {@code drain}; the rest
   * is left to the slot.
   */
  public void close(Duration drain) {
    control.stop(drain);
    try {
      thread.join(drain.plus(LAST_CHORES).plus(LAST_CHORES).toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(LAST_CHORES.toMillis());
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends without waiting for anything. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private void work() {
    Backoff backoff = new Backoff();
    FailureLog log = new FailureLog();
    while (!control.isStopping()) {
      long begun = System.nanoTime();
      EngineException failure = attempt();
      if (failure == null) {
        continue;
      }
      board.failed(failure);
      if (System.nanoTime() - begun > HEALTHY.toNanos()) {
        backoff.succeeded();
      }
      log.report(failure);
      rest(backoff.after(failure));
    }
    release();
    board.stopped();
  }

  private void rest(Duration delay) {
    long end = System.nanoTime() + delay.toNanos();
    while (!control.isStopping() && System.nanoTime() - end < 0) {
      try {
        control.pause(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      } catch (EngineException e) {
        control.stop(Duration.ZERO);
      }
    }
  }

  private @Nullable EngineException attempt() {
    try {
      Optional<Duration> wait = ownership.take();
      if (wait.isPresent()) {
        board.failed(
            new EngineException(
                Reason.EarlierWriter,
                "An earlier run of this agent may still be writing. It is given up when it shows"
                    + " no sign of life for some minutes."));
        rest(wait.get());
        return null;
      }
      ownership.renew();
      tidy();
      archiveFrom();
      return null;
    } catch (EngineException e) {
      return e;
    } catch (RuntimeException | Error e) {
      LOG.error("Archiving failed unexpectedly.", e);
      return new EngineException(
          Reason.InternalError, "Archiving failed unexpectedly: " + e + ".", e);
    }
  }

  /** What an earlier run left behind when it was killed. */
  private void tidy() {
    if (!tidied) {
      Instant taken = ownership.held().orElseThrow().takenAt();
      archive.store().abortUncommitted(archive.layout().wal() + "/", taken);
      tidied = true;
    }
  }

  private void archiveFrom() {
    try (WalTransport transport =
            new ReadAheadTransport(SqlTransport.open(sessions, settings.slotName()));
        WalUploads uploads = new WalUploads(archive, ownership, settings, control)) {
      ServerFacts server = transport.server();
      archive.requireServer(server.system(), server.version().major(), server.segmentSize());
      new Attachment(
              uploads,
              transport,
              BackgroundFollower.of(followers),
              settings,
              control,
              board,
              listener,
              sessions.settings().address(),
              true)
          .run(this::isServerThere);
    }
  }

  private boolean isServerThere() {
    try (ServerSession session = sessions.open("archiving")) {
      return !session.facts().inRecovery();
    } catch (EngineException e) {
      return false;
    }
  }

  private void release() {
    try {
      ownership.release();
    } catch (EngineException e) {
      LOG.warn("The right to write could not be given back: {}", e.getMessage());
    }
  }
}
