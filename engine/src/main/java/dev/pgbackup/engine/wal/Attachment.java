package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.WriteRight;
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
import dev.pgbackup.engine.wal.transport.ReplicationSlot;
import dev.pgbackup.engine.wal.transport.SlotStatus;
import dev.pgbackup.engine.wal.transport.WalTip;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
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

  private static final int PIECE = 512 << 10;
  private static final Duration ACTIVE_POLL = Duration.ofMillis(100);
  private static final Duration IDLE_POLL = Duration.ofSeconds(1);
  private static final Duration ACTIVE = Duration.ofSeconds(5);
  private static final Duration CONFIRM = Duration.ofSeconds(1);
  private static final Duration TOUCH = Duration.ofSeconds(30);
  private static final Duration LOOK_AT_SLOT = Duration.ofSeconds(5);
  private static final Duration ASK_FOR_SERVER = Duration.ofSeconds(5);
  private static final Duration CHORES = Duration.ofSeconds(1);

  private final Archive archive;
  private final WriteRight right;
  private final WalTransport transport;
  private final SegmentPipeline pipeline;
  private final Housekeeping housekeeping;
  private final WalFollower.Factory followers;
  private final ArchivingSettings settings;
  private final ArchivingControl control;
  private final StatusBoard board;
  private final ArchivingListener listener;
  private final String claimant;
  private final boolean follow;

  private final WalSegmentSize size;
  private final StoreArchivedWal archived;
  private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);

  private WalTip tip;
  private Lsn seenAt;
  private boolean live;
  private @Nullable WalFollower follower;
  private @Nullable ArchivedBlocks expected;
  private Lsn packFrom = Lsn.ZERO;
  private Lsn comparedTo = Lsn.ZERO;

  private long polledAt;
  private long activeAt;
  private long confirmedAt;
  private long slotLookedAt;
  private long choresAt;
  private Lsn confirmed = Lsn.ZERO;

  /**
   * @param claimant who the server is, in the claim of its timeline's number
   * @param follow whether the server is live: it is followed, and its timeline becomes the default
   *     branch; else archiving ends where its WAL does
   */
  Attachment(
      Archive archive,
      WriteRight right,
      WalTransport transport,
      SegmentPipeline pipeline,
      Housekeeping housekeeping,
      WalFollower.Factory followers,
      ArchivingSettings settings,
      ArchivingControl control,
      StatusBoard board,
      ArchivingListener listener,
      String claimant,
      boolean follow) {
    this.archive = archive;
    this.right = right;
    this.transport = transport;
    this.pipeline = pipeline;
    this.housekeeping = housekeeping;
    this.followers = followers;
    this.settings = settings;
    this.control = control;
    this.board = board;
    this.listener = listener;
    this.claimant = claimant;
    this.follow = follow;
    this.size = archive.segmentSize();
    this.archived = new StoreArchivedWal(archive);
    this.tip = transport.poll();
    this.seenAt = tip.end();
    long now = System.nanoTime();
    this.polledAt = now;
    this.activeAt = now;
    this.confirmedAt = now;
    this.slotLookedAt = now - LOOK_AT_SLOT.toNanos();
    this.choresAt = now;
  }

  /**
   * Archives.
   *
   * @param isServerBack asked after the server was lost, while the store does not take what came
   *     from it: if so, what came is read again instead
   */
  void run(BooleanSupplier isServerBack) {
    TimelineHistory history = new HistoryKeeper(archive, transport).keep(tip.timeline());
    archive.timelines().serverSeen(history, claimant);
    AttachPlan plan =
        AttachPlan.of(history, new ArchiveEnds(archive)::of, tip, transport.keptFrom(), size);
    LOG.info(
        "Archiving over {} from {} on timeline {}, server at {}.",
        transport.name(),
        plan.legs().get(0).known(),
        plan.legs().get(0).timeline(),
        tip.end());
    try {
      for (int i = 0; i < plan.legs().size(); i++) {
        Leg leg = plan.legs().get(i);
        live = i == plan.legs().size() - 1;
        archive(leg, live ? Optional.empty() : Optional.of(plan.legs().get(i + 1)));
        if (control.isStopping() || control.isOver()) {
          break;
        }
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

  private void archive(Leg leg, Optional<Leg> next) {
    Lsn position = begin(leg);
    boolean lastLook = false;
    while (true) {
      tend(position);
      Lsn limit = leg.end().orElse(tip.end());
      if (position.isBefore(limit) && pipeline.hasRoom()) {
        position = readSome(leg, next, position, limit);
        continue;
      }
      boolean atEnd = !position.isBefore(limit);
      if (control.isOver() || (atEnd && !(live && follow))) {
        break;
      }
      if (!control.isStopping()) {
        rest();
      } else if (!lastLook) {
        poll();
        lastLook = true;
      } else if (atEnd) {
        break;
      } else {
        control.pause(ACTIVE_POLL);
      }
    }
    settle(position);
    closeFollower();
  }

  /** Prepares to read from the beginning of a leg, or of what follows a gap. */
  private Lsn begin(Leg leg) {
    Lsn start = leg.start();
    Lsn known = leg.known();
    expected = null;
    if (known.isAfter(start)) {
      if (archived.contiguousEnd(leg.knownOn(), start).isBefore(known)) {
        known = start = leg.continues() ? size.floor(known) : start;
      } else {
        expected = ArchivedBlocks.of(archived, leg.knownOn(), start, known);
      }
    }
    SegmentTails tails = SegmentTails.none();
    packFrom = start;
    if (leg.continues() && expected != null) {
      WalSegment segment = WalSegment.containing(leg.timeline(), start, size);
      tails = SegmentTails.of(segment, archived.objects(segment));
      if (tails.sealed()) {
        packFrom = segment.end();
      }
    }
    if (leg.continues()) {
      WalSegment segment = WalSegment.containing(leg.timeline(), start, size);
      housekeeping.later(() -> new WalTidier(archive, right).tidy(segment, LOOK_BACK));
    }
    pipeline.begin(leg.timeline(), packFrom, tails.inOrder());
    follower = followers.follow(leg.timeline(), start, transport.nextXid());
    comparedTo = known;
    if (expected == null) {
      joined(leg.timeline(), known);
    }
    return start;
  }

  /** From here on the WAL is known to continue the archive. */
  private void joined(Timeline timeline, Lsn durable) {
    expected = null;
    board.attached(transport.name());
    if (live && follow) {
      right.note(timeline, seenAt, durable);
      listener.timelineBegun(timeline);
    }
  }

  private Lsn readSome(Leg leg, Optional<Leg> next, Lsn position, Lsn limit) {
    WalSegment segment = WalSegment.containing(leg.timeline(), position, size);
    Lsn end = Lsn.min(Lsn.min(limit, segment.end()), position.plus(PIECE));
    if (position.isBefore(packFrom)) {
      end = Lsn.min(end, packFrom);
    }
    buffer.clear().limit((int) end.minus(position));
    if (!transport.read(segment, position, buffer) && !readElsewhere(next, position)) {
      return skip(leg, next, position);
    }
    buffer.flip();
    if (expected != null) {
      expected.compare(buffer);
      if (!end.isBefore(comparedTo)) {
        joined(leg.timeline(), pipeline.durable());
      }
    }
    if (follower != null) {
      follower.received(buffer);
    }
    if (!position.isBefore(packFrom)) {
      pipeline.accept(buffer);
    }
    activeAt = System.nanoTime();
    return end;
  }

  /** The last segment of a timeline is also the beginning of the next one. */
  private boolean readElsewhere(Optional<Leg> next, Lsn position) {
    if (next.isEmpty() || position.isBefore(next.get().start())) {
      return false;
    }
    WalSegment twin = WalSegment.containing(next.get().timeline(), position, size);
    return transport.read(twin, position, buffer);
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
        closeFollower();
        return begin(new Leg(leg.timeline(), known, known, leg.timeline(), leg.end()));
      }
    }
    Lsn from = leg.continues() ? Lsn.max(position, known) : position;
    board.slot(transport.slot());
    settle(from);
    Lsn limit = leg.end().orElse(tip.end());
    Lsn to = nextOnServer(leg, next, position, limit);
    Gap gap =
        new Gap(
            FormatVersion.CURRENT,
            leg.timeline(),
            from,
            to,
            "the server no longer had this WAL when it was to be archived",
            Instant.now());
    archive.gaps().record(gap);
    LOG.error(
        "WAL of timeline {} from {} to {} is lost: the server no longer has it."
            + " No restore can cross this gap; a new base backup is needed.",
        leg.timeline(),
        from,
        to);
    listener.gapFound(gap);
    closeFollower();
    if (leg.end().map(to::equals).orElse(false)) {
      return to;
    }
    return begin(new Leg(leg.timeline(), to, to, leg.timeline(), leg.end()));
  }

  private Lsn nextOnServer(Leg leg, Optional<Leg> next, Lsn position, Lsn limit) {
    Lsn found = Lsn.max(size.floor(position).plus(size.bytes()), size.floor(transport.keptFrom()));
    while (found.isBefore(limit)) {
      buffer.clear().limit(1);
      if (transport.read(WalSegment.containing(leg.timeline(), found, size), found, buffer)
          || readElsewhere(next, found)) {
        return found;
      }
      found = found.plus(size.bytes());
    }
    if (leg.end().isPresent()) {
      return leg.end().get();
    }
    throw new EngineException(
        Reason.DatabaseUnreachable,
        "The server does not have the WAL at "
            + position
            + " and has nothing newer yet. The agent tries again.");
  }

  /** What is to be done all the while. */
  private void tend(Lsn position) {
    long now = System.nanoTime();
    housekeeping.requireOwned();
    pipeline.advance(now);
    if (control.takeFlush()) {
      poll();
      pipeline.flush();
    }
    if (now - polledAt >= IDLE_POLL.toNanos()) {
      poll();
    }
    confirm(now);
    if (now - slotLookedAt >= LOOK_AT_SLOT.toNanos()) {
      slotLookedAt = now;
      lookAtSlot();
    }
    if (now - choresAt >= CHORES.toNanos()) {
      choresAt = now;
      housekeeping.round(chores());
    }
    board.progress(tip, pipeline.timeline(), position, pipeline.durable(), pipeline.trouble());
  }

  private void poll() {
    tip = transport.poll();
    polledAt = System.nanoTime();
  }

  private void confirm(long now) {
    Lsn durable = confirmable(pipeline.durable());
    boolean moved =
        expected == null && durable.isAfter(confirmed) && now - confirmedAt >= CONFIRM.toNanos();
    if (moved || now - confirmedAt >= TOUCH.toNanos()) {
      confirmed = moved ? durable : confirmed;
      transport.confirm(confirmed);
      confirmedAt = now;
    }
  }

  /** The server has to keep the segment of the last stored byte, to be compared at an attach. */
  private Lsn confirmable(Lsn durable) {
    return durable.equals(size.floor(durable)) ? durable.plus(-1) : durable;
  }

  private void lookAtSlot() {
    Optional<SlotStatus> slot = transport.slot();
    board.slot(slot);
    boolean caughtUp = pipeline.isDrained() && !pipeline.received().isBefore(tip.end());
    if (slot.isPresent() && slot.get().availability() == SlotStatus.Availability.Lost && caughtUp) {
      throw ReplicationSlot.lost(settings.slotName(), "is of no use any more", null);
    }
    ArchivingSettings.RetainedWal retained = settings.retained();
    boolean tooMuch =
        slot.isPresent()
            && retained.limitBytes().isPresent()
            && slot.get().retainedBytes() >= retained.limitBytes().getAsLong();
    if (tooMuch && retained.onLimit() == ArchivingSettings.OnLimit.DropSlot) {
      transport.giveUpSlot();
    }
  }

  private Runnable chores() {
    Timeline timeline = pipeline.timeline();
    Lsn durable = pipeline.durable();
    WalFollower informed = follower;
    boolean onLiveTimeline = live && follow && expected == null;
    return () -> {
      if (onLiveTimeline) {
        right.note(timeline, seenAt, durable);
      } else {
        right.renew();
      }
      if (informed != null) {
        informed.durable(durable);
      }
    };
  }

  private void rest() {
    long now = System.nanoTime();
    Duration interval = now - activeAt < ACTIVE.toNanos() ? ACTIVE_POLL : IDLE_POLL;
    long left = interval.toNanos() - (now - polledAt);
    if (left > 0) {
      control.pause(Duration.ofNanos(left));
    } else {
      poll();
    }
  }

  /** Waits until all that came is stored, as long as it takes. */
  private void settle(Lsn position) {
    while (true) {
      pipeline.flush();
      pipeline.advance(System.nanoTime());
      if (pipeline.isSettled() || control.isOver()) {
        tend(position);
        return;
      }
      tend(position);
      control.pause(ACTIVE_POLL);
    }
  }

  /** The server is gone: what came from it is stored all the same. */
  private void saveWhatCame(BooleanSupplier isServerBack) {
    long askAt = System.nanoTime() + ASK_FOR_SERVER.toNanos();
    while (!pipeline.isSettled() && !control.isOver()) {
      housekeeping.requireOwned();
      pipeline.flush();
      pipeline.advance(System.nanoTime());
      control.pause(ACTIVE_POLL);
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
      housekeeping.later(
          () -> {
            ended.durable(durable);
            ended.close();
          });
    }
  }
}
