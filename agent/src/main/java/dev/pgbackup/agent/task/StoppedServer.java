package dev.pgbackup.agent.task;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.UnattendedTimeline;
import dev.pgbackup.engine.archive.WriteRight;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.wal.DirectoryArchiver;
import dev.pgbackup.engine.wal.index.CommitIndexer;
import dev.pgbackup.engine.wal.transport.DirectoryTransport;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives what a stopped server has written since it was last streamed.
 *
 * <p>Where nobody archives its timeline, nobody's right to write is touched: an agent may be at
 * work on another timeline at the same time, as after a swap. Where an agent seems to, it may be
 * about to leave for another timeline, or be dead: that is waited for.
 */
public final class StoppedServer {

  private static final Logger LOG = LoggerFactory.getLogger(StoppedServer.class);

  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private final Archive archive;
  private final String slot;
  private final Duration wait;

  /**
   * @param slot the slot by which the server was streamed
   * @param wait for how long a living agent may take to leave the server's timeline
   */
  public StoppedServer(Archive archive, String slot, Duration wait) {
    this.archive = archive;
    this.slot = slot;
    this.wait = wait;
  }

  /**
   * Archives. Without effect on what is in the archive already; nothing in the directory is
   * changed.
   *
   * @return where the server's WAL ends
   * @throws EngineException as {@link DirectoryArchiver#archive}; with {@code SecondWriter} if an
   *     agent goes on archiving that timeline
   */
  public WalTip archive(Path dataDirectory) throws InterruptedException {
    String database = Ownership.read(archive).map(Owner::database).orElse(dataDirectory.toString());
    Timeline timeline = DirectoryTransport.timeline(ControlFile.of(dataDirectory));
    Ownership ownership = Rights.of(archive, "archive-wal", database, slot, null);
    long deadline = System.nanoTime() + wait.toNanos();
    try {
      while (true) {
        WriteRight right = right(timeline, ownership, deadline);
        try {
          return new DirectoryArchiver(archive, right, CommitIndexer.factory(archive))
              .archive(dataDirectory, database, PATIENCE);
        } catch (EngineException e) {
          if (e.reason() != Reason.SecondWriter || System.nanoTime() - deadline > 0) {
            throw e;
          }
          LOG.info("{} This is waited for.", e.getMessage());
        }
      }
    } finally {
      ownership.release();
    }
  }

  private WriteRight right(Timeline timeline, Ownership ownership, long deadline)
      throws InterruptedException {
    while (ownership.held().isEmpty() && Ownership.read(archive).isPresent()) {
      if (!UnattendedTimeline.isAttended(archive, timeline)) {
        return new UnattendedTimeline(archive, timeline, Clock.systemUTC());
      }
      Thread.sleep(pause(ownership, deadline).toMillis());
    }
    Rights.take(ownership);
    return ownership;
  }

  /** Until the next look; zero once an owner that is dead was replaced. */
  private Duration pause(Ownership ownership, long deadline) {
    Optional<Duration> left;
    try {
      left = ownership.take();
    } catch (EngineException e) {
      if (e.reason() != Reason.SecondWriter || System.nanoTime() - deadline > 0) {
        throw e;
      }
      return LOOK_EVERY;
    }
    return left.map(time -> time.compareTo(LOOK_EVERY) < 0 ? time : LOOK_EVERY)
        .orElse(Duration.ZERO);
  }
}
