package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.store.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A segment on its way into the archive: tails that are stored, and frames behind them that are
 * not. For one thread.
 */
final class SegmentImage {

  /** A stored tail; its frames are null once they were given up to save memory. */
  private record Piece(WalObject tail, @Nullable List<WalFrame> frames) {

    long packedBytes() {
      return SegmentImage.packedBytes(frames);
    }
  }

  /**
   * A tail to be written.
   *
   * @param swallowed tails that are of no use once it is there
   */
  record TailJob(
      WalSegment segment, Lsn from, Lsn to, List<WalSource> sources, List<WalObject> swallowed) {}

  /**
   * A segment to be sealed.
   *
   * @param sha256 of all its bytes, hexadecimal
   * @param hasTails whether there is something to delete afterwards
   */
  record SealJob(WalSegment segment, String sha256, List<WalSource> sources, boolean hasTails) {}

  private final WalSegment segment;
  private final MessageDigest sha256 = Sha256.digest();
  private final Queue<WalObject> expected;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<WalFrame> pending = new ArrayList<>();
  private Lsn received;
  private Lsn packedTo;

  /**
   * @param stored tails that the archive has already, in order and without a hole, from the
   *     segment's start
   */
  SegmentImage(WalSegment segment, List<WalObject> stored) {
    this.segment = segment;
    this.expected = new ArrayDeque<>(stored);
    this.received = segment.start();
    this.packedTo = segment.start();
  }

  WalSegment segment() {
    return segment;
  }

  /** A position at which a frame must end. */
  Lsn nextCut() {
    WalObject next = expected.peek();
    return next == null ? segment.end() : next.to();
  }

  Lsn received() {
    return received;
  }

  /** Takes note of bytes that will come as frames. */
  void received(ByteBuffer plain) {
    received = received.plus(plain.remaining());
    sha256.update(plain.duplicate());
  }

  void add(WalFrame frame) {
    pending.add(frame);
    packedTo = frame.to();
    WalObject next = expected.peek();
    if (next != null && next.to().equals(packedTo)) {
      pieces.add(new Piece(expected.remove(), List.copyOf(pending)));
      pending.clear();
    }
  }

  boolean isComplete() {
    return packedTo.equals(segment.end());
  }

  /** Whether there is something that no tail holds; what was received but not packed counts. */
  boolean hasNews() {
    return expected.isEmpty() && received.isAfter(durable());
  }

  /** Bytes in memory of frames that no tail holds. */
  long pendingBytes() {
    return packedBytes(pending);
  }

  long packedBytes() {
    return pendingBytes() + pieces.stream().mapToLong(Piece::packedBytes).sum();
  }

  /** Everything before it is stored. */
  Lsn durable() {
    WalObject next = expected.peek();
    if (next != null) {
      return next.from();
    }
    return pieces.isEmpty() ? segment.start() : pieces.get(pieces.size() - 1).tail().to();
  }

  /** What has to be written so that all frames are stored. */
  TailJob tailJob() {
    long[] sizes = pieces.stream().mapToLong(p -> p.tail().to().minus(p.tail().from())).toArray();
    int first = TailPlan.firstSwallowed(sizes, packedTo.minus(durable()));
    List<Piece> swallowed = pieces.subList(first, pieces.size());
    return new TailJob(
        segment,
        swallowed.isEmpty() ? durable() : swallowed.get(0).tail().from(),
        packedTo,
        sources(swallowed, pending),
        swallowed.stream().map(Piece::tail).toList());
  }

  /**
   * The tail of a job is stored.
   *
   * @param frames what it holds, packed anew; null if that is not in memory
   */
  void stored(TailJob job, WalObject tail, @Nullable List<WalFrame> frames) {
    pieces.removeIf(piece -> job.swallowed().contains(piece.tail()));
    pieces.add(new Piece(tail, frames));
    pending.removeIf(frame -> !frame.to().isAfter(tail.to()));
  }

  /**
   * @throws IllegalStateException if the segment is not complete
   */
  SealJob sealJob() {
    if (!isComplete()) {
      throw new IllegalStateException(segment + " is not complete");
    }
    try {
      MessageDigest digest = (MessageDigest) sha256.clone();
      return new SealJob(
          segment,
          HexFormat.of().formatHex(digest.digest()),
          sources(pieces, pending),
          !pieces.isEmpty());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this JDK cannot be copied", e);
    }
  }

  /** Gives up frames of stored tails, the oldest first, until enough memory is free. */
  long giveUp(long bytes) {
    long freed = 0;
    for (int i = 0; i < pieces.size() && freed < bytes; i++) {
      Piece piece = pieces.get(i);
      freed += piece.packedBytes();
      pieces.set(i, new Piece(piece.tail(), null));
    }
    return freed;
  }

  /** Gives up all memory: the segment is sealed. */
  void forget() {
    pieces.clear();
    pending.clear();
  }

  private static List<WalSource> sources(List<Piece> pieces, List<WalFrame> pending) {
    List<WalSource> sources = new ArrayList<>();
    for (Piece piece : pieces) {
      List<WalFrame> frames = piece.frames();
      sources.add(
          frames == null ? new WalSource.Stored(piece.tail()) : new WalSource.Frames(frames));
    }
    if (!pending.isEmpty()) {
      sources.add(new WalSource.Frames(pending));
    }
    return Collections.unmodifiableList(sources);
  }

  private static long packedBytes(@Nullable List<WalFrame> frames) {
    return frames == null ? 0 : frames.stream().mapToLong(frame -> frame.packed().length).sum();
  }
}
