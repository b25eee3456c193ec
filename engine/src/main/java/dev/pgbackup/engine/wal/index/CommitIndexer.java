package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.WalFollower;
import dev.pgbackup.engine.wal.record.WalDecoder;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.record.WalFormat;
import dev.pgbackup.engine.wal.record.WalFormatException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the commit index of a timeline while its WAL is archived.
 *
 * <p>One span grows: each time it is published it replaces the object before, until it is big
 * enough and the next one begins. So the objects stay few, and what is written again and again is
 * small. The index never runs ahead of durable WAL; where it falls behind, for whatever reason,
 * readers look into the WAL itself.
 */
public final class CommitIndexer implements WalFollower {

  private static final Logger log = LoggerFactory.getLogger(CommitIndexer.class);

  /**
   * When a span is published, and when it is big enough.
   *
   * @param walBytes after so much WAL
   * @param interval or so long after the last time, if something is to be said
   * @param spanBytes entries in a span, before compression
   */
  record Pace(long walBytes, Duration interval, int spanBytes) {
    static final Pace DEFAULT = new Pace(64L << 20, Duration.ofMinutes(1), SPAN_BYTES);
  }

  static final int SPAN_BYTES = 256 << 10;

  /** The end of a record, what came before it, and the next transaction id there. */
  private record Mark(Lsn end, Lsn start, Xid nextXid) {}

  private final IndexObjects objects;
  private final Timeline timeline;
  private final Pace pace;
  private final Clock clock;

  private final WalDecoder decoder;
  private final Queue<WalEvent> pending = new ArrayDeque<>();
  private final Queue<Mark> marks = new ArrayDeque<>();
  private boolean unreadable;

  private SpanBuilder span;
  private @Nullable IndexSpan published;
  private int publishedBytes;
  private Lsn publishedTo;
  private Instant publishedAt;
  private boolean publishing;

  /** Follows the WAL of an archive's server. */
  public static WalFollower.Factory factory(Archive archive) {
    return (timeline, from, nextXid) ->
        new CommitIndexer(archive, timeline, from, nextXid, Pace.DEFAULT, Clock.systemUTC());
  }

  CommitIndexer(Archive archive, Timeline timeline, Lsn from, Xid nextXid, Pace pace, Clock clock) {
    this.objects = new IndexObjects(archive);
    this.timeline = timeline;
    this.pace = pace;
    this.clock = clock;
    this.publishedAt = clock.instant();
    this.span = begin(from, nextXid);
    this.publishedTo = span.to();
    WalFormat format = new WalFormat(archive.identity().majorVersion(), archive.segmentSize());
    this.decoder = new WalDecoder(format, from, nextXid, this::take);
  }

  /**
   * The span to go on with: the last one there if it reaches {@code from} and is not big enough
   * yet.
   */
  private SpanBuilder begin(Lsn from, Xid nextXid) {
    try {
      List<IndexSpan> spans = objects.list(timeline, from);
      Optional<IndexSpan> last = spans.stream().max(Comparator.comparing(IndexSpan::to));
      if (last.isEmpty()) {
        return new SpanBuilder(timeline, from, nextXid);
      }
      SpanBuilder earlier = SpanBuilder.continuing(objects.read(last.get()));
      if (earlier.size() >= pace.spanBytes()) {
        return new SpanBuilder(timeline, earlier.to(), earlier.nextXidAtTo());
      }
      published = last.get();
      publishedBytes = earlier.size();
      return earlier;
    } catch (EngineException e) {
      log.warn(
          "the commit index of timeline {} cannot be continued and begins anew at {}: {}",
          timeline,
          from,
          e.getMessage());
      return new SpanBuilder(timeline, from, nextXid);
    }
  }

  private void take(WalEvent event) {
    if (!event.start().isBefore(publishedTo)) {
      pending.add(event);
    }
  }

  @Override
  public synchronized void received(ByteBuffer wal) {
    if (unreadable) {
      return;
    }
    try {
      decoder.accept(wal.duplicate());
    } catch (WalFormatException e) {
      unreadable = true;
      log.warn(
          "the commit index of timeline {} ends at {}: {}",
          timeline,
          decoder.decodedTo(),
          e.getMessage());
    }
    Optional<Lsn> start = decoder.lastRecord();
    Lsn end = decoder.decodedTo();
    if (start.isPresent() && end.isAfter(span.to())) {
      marks.add(new Mark(end, start.get(), decoder.nextXid()));
    }
  }

  @Override
  public void durable(Lsn position) {
    publish(position, false);
  }

  @Override
  public void close() {
    publish(Lsn.ZERO, true);
  }

  /** Stores are slow: they are not spoken to while the lock is held. */
  private void publish(Lsn durable, boolean last) {
    EncodedSpan next;
    IndexSpan before;
    synchronized (this) {
      advance(durable);
      if (publishing || !(last ? span.to().isAfter(publishedTo) : isDue())) {
        return;
      }
      publishing = true;
      publishedAt = clock.instant();
      next = span.build();
      before = published;
    }
    boolean done = false;
    try {
      objects.put(next);
      done = true;
      if (before != null) {
        objects.delete(before);
      }
    } catch (EngineException e) {
      log.warn(
          "the commit index of timeline {} up to {} was not {}: {}",
          timeline,
          next.span().to(),
          done ? "tidied up" : "published",
          e.getMessage());
    }
    synchronized (this) {
      publishing = false;
      if (done) {
        published(next.span());
      }
    }
  }

  private void advance(Lsn durable) {
    Mark reached = null;
    while (!marks.isEmpty() && !marks.element().end().isAfter(durable)) {
      reached = marks.remove();
    }
    if (reached == null) {
      return;
    }
    while (!pending.isEmpty() && pending.element().start().isBefore(reached.end())) {
      span.add(pending.remove());
    }
    span.coverTo(reached.end(), reached.start(), reached.nextXid());
  }

  private boolean isDue() {
    long walBytes = span.to().minus(publishedTo);
    boolean news = span.size() > publishedBytes;
    boolean waited = !clock.instant().isBefore(publishedAt.plus(pace.interval()));
    return walBytes >= pace.walBytes() || (walBytes > 0 && news && waited);
  }

  private void published(IndexSpan done) {
    published = done;
    publishedTo = done.to();
    publishedBytes = span.size();
    if (span.size() >= pace.spanBytes() && span.to().equals(done.to())) {
      span = new SpanBuilder(timeline, span.to(), span.nextXidAtTo());
      published = null;
      publishedBytes = 0;
    }
  }
}
