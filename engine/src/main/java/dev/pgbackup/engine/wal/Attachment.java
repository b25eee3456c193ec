package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.AttachPlan.Leg;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archiving from one server through one transport: from the comparison with what is there already
 * until the transport fails or somebody says to stop. One thread.
 */
final class Attachment {

  private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

  /** Segments that may have been left untidy by a run that was killed. */
  private static final int LOOK_BACK = 8;

  private static final Duration STEP = Duration.ofMillis(100);
  private static final Duration ASK_FOR_SERVER = Duration.ofSeconds(5);
  private static final Duration CHORES = Duration.ofSeconds(1);

  private final WalUploads uploads;
  private final Archive archive;
  private final SegmentPipeline pipeline;
  private final WalTransport transport;
  private final WalFollower.Factory followers;
  private final ArchivingControl control;
  private final StatusBoard board;
  private final ArchivingListener listener;
  private final String claimant;
  private final boolean follow;

  private final WalSegmentSize size;
  private final StoreArchivedWal archived;
  private final ServerWal server;
  private final SlotKeeper slot;
  private final Lsn seenAt;

  private boolean live;
  private LegStart start;
  private @Nullable ArchivedBlocks expected;
  private @Nullable WalFollower follower;
  private long choresAt = System.nanoTime();

  /**
   * @param claimant who the server is, in the claim of its timeline's number
   * @param follow whether the server is live: it is followed, and its timeline becomes the default
   *     branch; else archiving ends where its WAL does
   */
  Attachment(
      WalUploads uploads,
      WalTransport transport,
      WalFollower.Factory followers,
      ArchivingSettings settings,
      ArchivingControl control,
      StatusBoard board,
      ArchivingListener listener,
      String claimant,
      boolean follow) {
    this.uploads = uploads;
    this.archive = uploads.archive();
    this.pipeline = uploads.pipeline();
    this.transport = transport;
    this.followers = followers;
    this.control = control;
    this.board = board;
    this.listener = listener;
    this.claimant = claimant;
    this.follow = follow;
    this.size = archive.segmentSize();
    this.archived = new StoreArchivedWal(archive);
    this.server = new ServerWal(transport, size);
    this.slot = new SlotKeeper(transport, settings, board, size);
    this.seenAt = server.tip().end();
    this.start = new LegStart(seenAt, seenAt, Optional.empty(), seenAt, List.of());
  }

  /**
   * Archives.
   *
   * @param isServerBack asked after the server was lost, while the store does not take what came
   *     from it: if so, what came is read again instead
   */
  void run(BooleanSupplier isServerBack) {
    List<Leg> legs = plan().legs();
    LOG.info(
        "Archiving over {} from {} on timeline {}, server at {}.",
        transport.name(),
        legs.get(0).known(),
        legs.get(0).timeline(),
        seenAt);
    try {
      for (int i = 0; i < legs.size() && !control.isStopping() && !control.isOver(); i++) {
        live = i == legs.size() - 1;
        archive(legs.get(i), live ? Optional.empty() : Optional.of(legs.get(i + 1)));
      }
    } catch (EngineException e) {
      if (e.reason().family() == Family.DATABASE) {
        board.failed(e);
        saveWhatCame(isServerBack);
      }
      throw e;
    } finally {
      closeFollower();
    }
  }

  private AttachPlan plan() {
    TimelineHistory history = new HistoryKeeper(archive, transport).keep(server.tip().timeline());
    archive.timelines().serverSeen(history, claimant);
    return AttachPlan.of(
        history, new ArchiveEnds(archive)::of, server.tip(), transport.keptFrom(), size);
  }

  private void archive(Leg leg, Optional<Leg> next) {
    Lsn position = begin(leg);
    boolean lastLook = false;
    while (!control.isOver()) {
      tend(position);
      Lsn limit = leg.end().orElse(server.tip().end());
      if (position.isBefore(limit) && pipeline.hasRoom()) {
        position = readSome(leg, next, position, limit);
        continue;
      }
      boolean atEnd = !position.isBefore(limit);
      if (atEnd && (lastLook || !live || !follow)) {
        break;
      }
      if (!control.isStopping()) {
        rest();
      } else if (!lastLook) {
        server.poll();
        lastLook = true;
      } else {
        control.pause(STEP);
      }
    }
    settle(position);
    closeFollower();
  }

  /** Prepares to read from the beginning of a leg, or of what follows a gap. */
  private Lsn begin(Leg leg) {
    start = startOf(leg);
    expected = start.expected().orElse(null);
    if (leg.continues()) {
      WalSegment segment = WalSegment.containing(leg.timeline(), leg.start(), size);
      uploads.housekeeping().later(() -> uploads.tidier().tidy(segment, LOOK_BACK));
    }
    pipeline.begin(leg.timeline(), start.packFrom(), start.tails());
    follower = followers.follow(leg.timeline(), start.from(), transport.nextXid());
    if (expected == null) {
      joined(leg.timeline(), start.known());
    }
    return start.from();
  }

  /** What is damaged of the segment that is continued is mended, where the server still has it. */
  private LegStart startOf(Leg leg) {
    try {
      return LegStart.of(leg, archived, size);
    } catch (EngineException damage) {
      WalSegment segment = WalSegment.containing(leg.timeline(), leg.start(), size);
      if (damage.reason() != Reason.ArchiveDamaged
          || !leg.continues()
          || server.tip().end().isBefore(leg.known())
          || !new WalMender(archive, uploads.right(), transport).mend(segment)) {
        throw damage;
      }
      return LegStart.of(leg, archived, size);
    }
  }

  /** From here on the WAL is known to continue the archive. */
  private void joined(Timeline timeline, Lsn durable) {
    expected = null;
    board.attached(transport.name());
    if (live && follow) {
      uploads.right().note(timeline, seenAt, durable);
      listener.timelineBegun(timeline);
    }
  }

  private Lsn readSome(Leg leg, Optional<Leg> next, Lsn position, Lsn limit) {
    boolean archiving = !position.isBefore(start.packFrom());
    Lsn most = archiving ? limit : Lsn.min(limit, start.packFrom());
    Optional<ByteBuffer> wal = server.read(leg, next, position, most);
    if (wal.isEmpty()) {
      return skip(leg, next, position);
    }
    Lsn end = position.plus(wal.get().remaining());
    if (expected != null) {
      expected.compare(wal.get());
      if (!end.isBefore(start.known())) {
        joined(leg.timeline(), pipeline.durable());
      }
    }
    if (follower != null) {
      follower.received(wal.get());
    }
    if (archiving) {
      pipeline.accept(wal.get());
    }
    return end;
  }

  /** The server does not have the WAL any more: notes what is missing, and goes on behind it. */
  private Lsn skip(Leg leg, Optional<Leg> next, Lsn position) {
    Lsn known = leg.known();
    if (expected != null && position.isBefore(known)) {
      LOG.info(
          "The server no longer has the WAL at {}: what the archive has of timeline {} up to {}"
              + " cannot be compared.",
          position,
          leg.timeline(),
          known);
      if (known.equals(size.floor(known))) {
        return beginAgain(leg, known);
      }
    }
    Lsn from = leg.continues() ? Lsn.max(position, known) : position;
    slot.look();
    settle(from);
    Lsn to = server.nextAfter(leg, next, position);
    record(
        new Gap(
            FormatVersion.CURRENT,
            leg.timeline(),
            from,
            to,
            "the server no longer had this WAL when it was to be archived",
            Instant.now()));
    return leg.end().map(to::equals).orElse(false) ? to : beginAgain(leg, to);
  }

  private Lsn beginAgain(Leg leg, Lsn at) {
    closeFollower();
    return begin(new Leg(leg.timeline(), at, at, leg.timeline(), leg.end()));
  }

  private void record(Gap gap) {
    archive.gaps().record(gap);
    LOG.error(
        "WAL of timeline {} from {} to {} is lost: the server no longer has it."
            + " No restore can cross this gap; a new base backup is needed.",
        gap.timeline(),
        gap.from(),
        gap.to());
    listener.gapFound(gap);
  }

  /** What is to be done all the while. */
  private void tend(Lsn position) {
    long now = System.nanoTime();
    uploads.housekeeping().requireOwned();
    pipeline.advance(now);
    if (control.takeFlush()) {
      server.poll();
      pipeline.flush();
    }
    server.pollNowAndThen(now);
    if (expected == null) {
      slot.confirm(pipeline.durable(), now);
      slot.watch(pipeline.isDrained() && !pipeline.received().isBefore(server.tip().end()), now);
    }
    if (now - choresAt >= CHORES.toNanos()) {
      choresAt = now;
      uploads.housekeeping().round(chores());
    }
    board.progress(
        server.tip(), pipeline.timeline(), position, pipeline.durable(), pipeline.trouble());
  }

  private Runnable chores() {
    Timeline timeline = pipeline.timeline();
    Lsn durable = pipeline.durable();
    WalFollower informed = follower;
    boolean onLiveTimeline = live && follow && expected == null;
    return () -> {
      if (onLiveTimeline) {
        uploads.right().note(timeline, seenAt, durable);
      } else {
        uploads.right().renew();
      }
      if (informed != null) {
        informed.durable(durable);
      }
    };
  }

  private void rest() {
    Duration left = server.untilPoll(System.nanoTime());
    if (left.isNegative() || left.isZero()) {
      server.poll();
    } else {
      control.pause(left);
    }
  }

  /** Waits until all that came is stored, as long as it takes. */
  private void settle(Lsn position) {
    tend(position);
    while (!pipeline.isSettled() && !control.isOver()) {
      pipeline.flush();
      tend(position);
      control.pause(STEP);
    }
    tend(position);
  }

  /** The server is gone: what came from it is stored all the same. */
  private void saveWhatCame(BooleanSupplier isServerBack) {
    long askAt = System.nanoTime() + ASK_FOR_SERVER.toNanos();
    while (!pipeline.isSettled() && !control.isOver()) {
      uploads.housekeeping().requireOwned();
      pipeline.flush();
      pipeline.advance(System.nanoTime());
      control.pause(STEP);
      if (pipeline.trouble().isPresent() && System.nanoTime() - askAt >= 0) {
        if (isServerBack.getAsBoolean()) {
          return;
        }
        askAt = System.nanoTime() + ASK_FOR_SERVER.toNanos();
      }
    }
  }

  private void closeFollower() {
    WalFollower ended = follower;
    if (ended != null) {
      follower = null;
      Lsn durable = pipeline.durable();
      uploads
          .housekeeping()
          .later(
              () -> {
                ended.durable(durable);
                ended.close();
              });
    }
  }
}
