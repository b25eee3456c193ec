package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream of WAL into objects: tails while a segment grows, one object when it is full,
 * several of them at once.
 *
 * <p>It is driven by one thread, which gives it bytes while there {@linkplain #hasRoom() is room}
 * and lets it {@linkplain #advance work}; only the writing itself is done by others. Durable is
 * what is stored without a hole.
 */
final class SegmentPipeline implements AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  /**
   * How much is held, and for how long.
   *
   * @param flushInterval what has come is stored after this time at the latest
   * @param memoryBytes packed WAL that is held at most, apart from a frame
   * @param parallel objects that are written at once
   */
  record Limits(Duration flushInterval, long memoryBytes, int parallel) {}

  /** An image and what is being done with it. */
  private static final class Slot {
    final SegmentImage image;
    @Nullable CompletableFuture<Consumer<Slot>> job;
    boolean sealed;
    long newsSince;
    boolean hasNews;
    int failures;
    long notBefore;

    Slot(SegmentImage image) {
      this.image = image;
    }
  }

  private final WalSegmentSize size;
  private final WalObjectWriter writer;
  private final Executor executor;
  private final Limits limits;
  private final Runnable wake;
  private final Consumer<Runnable> tidyUp;

  private final Deque<Slot> slots = new ArrayDeque<>();
  private Timeline timeline = Timeline.FIRST;
  private Lsn received = Lsn.ZERO;
  private Lsn durable = Lsn.ZERO;
  private @Nullable FramePacker packer;
  private boolean flushing;
  private boolean starved;
  private @Nullable EngineException trouble;

  /**
   * @param executor writes objects
   * @param wake is told when something was written
   * @param tidyUp takes what may be done later, or never: deletions
   */
  SegmentPipeline(
      WalSegmentSize size,
      WalObjectWriter writer,
      Executor executor,
      Limits limits,
      Runnable wake,
      Consumer<Runnable> tidyUp) {
    this.size = size;
    this.writer = writer;
    this.executor = executor;
    this.limits = limits;
    this.wake = wake;
    this.tidyUp = tidyUp;
  }

  /**
   * Begins a stretch of WAL; what came before is stored, or given up.
   *
   * @param start of a segment: the position of the first byte that will come
   * @param stored tails of that segment which the archive has, in order and without a hole
   */
  void begin(Timeline timeline, Lsn start, List<WalObject> stored) {
    slots.clear();
    closePacker();
    this.timeline = timeline;
    this.received = start;
    this.durable = stored.isEmpty() ? start : stored.get(stored.size() - 1).to();
    this.flushing = false;
    this.starved = false;
    this.packer = new FramePacker(start, frame -> slots.getLast().image.add(frame));
    slots.add(new Slot(new SegmentImage(WalSegment.containing(timeline, start, size), stored)));
  }

  Timeline timeline() {
    return timeline;
  }

  /** Behind the last byte that came. */
  Lsn received() {
    return received;
  }

  /** Everything that came before it is in the store. */
  Lsn durable() {
    return durable;
  }

  /** Whether all that came is in the store. */
  boolean isDrained() {
    return !durable.isBefore(received);
  }

  /** Whether nothing is left to do: all is stored, and what is full is sealed. */
  boolean isSettled() {
    return isDrained()
        && slots.stream()
            .allMatch(slot -> slot.job == null && (slot.sealed || !slot.image.isComplete()));
  }

  /** Why the last write failed; empty once one succeeds. */
  Optional<EngineException> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Whether more bytes may come now. */
  boolean hasRoom() {
    long excess = heldBytes() + WalCodec.FRAME - limits.memoryBytes();
    for (Iterator<Slot> i = slots.iterator(); excess > 0 && i.hasNext(); ) {
      Slot slot = i.next();
      if (slot.job == null) {
        excess -= slot.image.giveUp(excess);
      }
    }
    starved = excess > 0;
    return !starved;
  }

  /** Packed bytes in memory. */
  long heldBytes() {
    return slots.stream().mapToLong(slot -> slot.image.packedBytes()).sum();
  }

  /** Takes bytes, all of them. */
  void accept(ByteBuffer wal) {
    FramePacker into = requireBegun();
    while (wal.hasRemaining()) {
      SegmentImage image = slots.getLast().image;
      if (image.isComplete()) {
        image = new SegmentImage(image.segment().next(), List.of());
        slots.add(new Slot(image));
      }
      long room = image.nextCut().minus(received);
      ByteBuffer part = wal.duplicate();
      part.limit(part.position() + (int) Math.min(room, part.remaining()));
      wal.position(part.limit());
      received = received.plus(part.remaining());
      image.received(part);
      into.add(part);
      if (received.equals(image.nextCut())) {
        into.cut();
      }
    }
  }

  /** Has everything stored that has come so far, without waiting for the time. */
  void flush() {
    flushing = true;
  }

  /**
   * Sees what was written and begins what is due.
   *
   * @param now by {@link System#nanoTime()}
   * @throws EngineException if an object cannot be written and trying again is of no use
   */
  void advance(long now) {
    int running = 0;
    for (Slot slot : slots) {
      collect(slot, now);
      running += slot.job == null ? 0 : 1;
    }
    for (Slot slot : slots) {
      if (running < limits.parallel() && slot.job == null && begin(slot, now)) {
        running++;
      }
    }
    moveDurable();
    if (isDrained()) {
      flushing = false;
    }
  }

  private void moveDurable() {
    while (slots.size() > 1 && slots.getFirst().sealed) {
      slots.removeFirst();
    }
    for (Slot slot : slots) {
      Lsn end = slot.image.segment().end();
      Lsn reached = slot.sealed ? end : slot.image.durable();
      durable = Lsn.max(durable, reached);
      if (reached.isBefore(end)) {
        break;
      }
    }
  }

  private boolean begin(Slot slot, long now) {
    if (slot.sealed || now - slot.notBefore < 0) {
      return false;
    }
    SegmentImage image = slot.image;
    if (image.isComplete()) {
      SegmentImage.SealJob job = image.sealJob();
      slot.job = start(() -> seal(job));
      return true;
    }
    if (!image.hasNews()) {
      slot.hasNews = false;
      return false;
    }
    if (!slot.hasNews) {
      slot.hasNews = true;
      slot.newsSince = now;
    }
    boolean waited = now - slot.newsSince >= limits.flushInterval().toNanos();
    boolean much = image.pendingBytes() >= limits.memoryBytes() / 2;
    boolean useful = starved && image.pendingBytes() >= limits.memoryBytes() / 8;
    if (!waited && !much && !useful && !flushing) {
      return false;
    }
    if (slot == slots.getLast()) {
      requireBegun().cut();
    }
    SegmentImage.TailJob job = image.tailJob();
    slot.hasNews = false;
    slot.job = start(() -> writeTail(job));
    return true;
  }

  private CompletableFuture<Consumer<Slot>> start(Supplier<Consumer<Slot>> job) {
    CompletableFuture<Consumer<Slot>> done = CompletableFuture.supplyAsync(job, executor);
    done.whenComplete((result, failure) -> wake.run());
    return done;
  }

  private Consumer<Slot> seal(SegmentImage.SealJob job) {
    writer.write(job);
    if (job.hasTails()) {
      tidyUp.accept(() -> writer.deleteTails(job.segment()));
    }
    return slot -> {
      slot.sealed = true;
      slot.image.forget();
    };
  }

  private Consumer<Slot> writeTail(SegmentImage.TailJob job) {
    WalObjectWriter.WrittenTail tail = writer.write(job);
    if (!job.swallowed().isEmpty()) {
      tidyUp.accept(() -> writer.delete(job.swallowed()));
    }
    return slot -> slot.image.stored(job, tail.object(), tail.frames());
  }

  private void collect(Slot slot, long now) {
    CompletableFuture<Consumer<Slot>> job = slot.job;
    if (job == null || !job.isDone()) {
      return;
    }
    slot.job = null;
    try {
      job.join().accept(slot);
      slot.failures = 0;
      trouble = null;
    } catch (CompletionException e) {
      EngineException failure = asFailure(e.getCause());
      if (endsArchiving(failure.reason())) {
        throw failure;
      }
      trouble = failure;
      slot.failures++;
      slot.notBefore = now + delay(slot.failures).toNanos();
    }
  }

  private static EngineException asFailure(@Nullable Throwable cause) {
    return cause instanceof EngineException failure
        ? failure
        : new EngineException(
            Reason.InternalError, "Writing WAL failed unexpectedly: " + cause + ".", cause);
  }

  /** Whether it takes more than patience, or a person at the store. */
  private static boolean endsArchiving(Reason reason) {
    return switch (reason) {
      case DivergentWal, SecondWriter, ArchiveDamaged, InternalError, Interrupted -> true;
      default -> false;
    };
  }

  private static Duration delay(int failures) {
    Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
    return delay.compareTo(LAST_RETRY) < 0 ? delay : LAST_RETRY;
  }

  private FramePacker requireBegun() {
    if (packer == null) {
      throw new IllegalStateException("nothing was begun");
    }
    return packer;
  }

  private void closePacker() {
    if (packer != null) {
      packer.close();
      packer = null;
    }
  }

  /** Gives up what is not stored. */
  @Override
  public void close() {
    slots.clear();
    closePacker();
  }
}
