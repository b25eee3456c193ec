package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.AttachPlan.Leg;
import dev.pgbackup.engine.wal.transport.WalTip;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** A server's WAL as it is read piece by piece, and how far it was known to go at the last poll. */
final class ServerWal {

  private static final int PIECE = 512 << 10;

  private static final Duration POLL_WHEN_ACTIVE = Duration.ofMillis(100);
  private static final Duration POLL_WHEN_IDLE = Duration.ofSeconds(1);

  /** Who wrote so recently will soon write again. */
  private static final Duration ACTIVE = Duration.ofSeconds(5);

  private final WalTransport transport;
  private final WalSegmentSize size;
  private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);
  private WalTip tip;
  private long polledAt;
  private long readAt;

  ServerWal(WalTransport transport, WalSegmentSize size) {
    this.transport = transport;
    this.size = size;
    this.tip = transport.poll();
    this.polledAt = System.nanoTime();
    this.readAt = polledAt;
  }

  WalTip tip() {
    return tip;
  }

  void poll() {
    tip = transport.poll();
    polledAt = System.nanoTime();
  }

  /** Polls unless that was done a moment ago. */
  void pollNowAndThen(long now) {
    if (now - polledAt >= POLL_WHEN_IDLE.toNanos()) {
      poll();
    }
  }

  /** How long to wait before the next poll if there is nothing else to do. */
  Duration untilPoll(long now) {
    Duration interval = now - readAt < ACTIVE.toNanos() ? POLL_WHEN_ACTIVE : POLL_WHEN_IDLE;
    return interval.minusNanos(now - polledAt);
  }

  /**
   * Reads the next bytes of a leg, not beyond a segment's end.
   *
   * @param next the leg behind, whose first segment repeats the end of this one
   * @return some bytes from {@code from} on, at most up to {@code to}, valid until the next call;
   *     empty if the server does not have them
   */
  Optional<ByteBuffer> read(Leg leg, Optional<Leg> next, Lsn from, Lsn to) {
    WalSegment segment = WalSegment.containing(leg.timeline(), from, size);
    Lsn end = Lsn.min(Lsn.min(to, segment.end()), from.plus(PIECE));
    buffer.clear().limit((int) end.minus(from));
    if (!fill(leg, next, from)) {
      return Optional.empty();
    }
    readAt = System.nanoTime();
    return Optional.of(buffer.flip());
  }

  private boolean fill(Leg leg, Optional<Leg> next, Lsn from) {
    return fill(leg.timeline(), from)
        || (next.isPresent()
            && !from.isBefore(next.get().start())
            && fill(next.get().timeline(), from));
  }

  private boolean fill(Timeline timeline, Lsn from) {
    return transport.read(WalSegment.containing(timeline, from, size), from, buffer);
  }

  /**
   * Where the server has WAL again, behind a position that it does not have: the start of a
   * segment, or the end of the leg.
   *
   * @throws EngineException with {@code DatabaseUnreachable} if there is nothing yet
   */
  Lsn nextAfter(Leg leg, Optional<Leg> next, Lsn missing) {
    Lsn limit = leg.end().orElse(tip.end());
    Lsn found = Lsn.max(size.floor(missing).plus(size.bytes()), size.floor(transport.keptFrom()));
    while (found.isBefore(limit)) {
      buffer.clear().limit(1);
      if (fill(leg, next, found)) {
        return found;
      }
      found = found.plus(size.bytes());
    }
    return leg.end()
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.DatabaseUnreachable,
                    "The server does not have the WAL at "
                        + missing
                        + " and has nothing newer yet. The agent tries again."));
  }
}
