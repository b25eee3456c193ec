package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** WAL in memory, of which every read is noted; fails if two calls come at once. */
final class RecordedTransport implements WalTransport {

  private final Lsn start;
  private final byte[] wal;
  private final List<Lsn> reads = new CopyOnWriteArrayList<>();
  private final AtomicInteger callers = new AtomicInteger();
  private volatile Lsn end;
  private volatile boolean broken;

  RecordedTransport(Lsn start, byte[] wal) {
    this.start = start;
    this.wal = wal;
    this.end = start.plus(wal.length);
  }

  /** From now on the WAL ends here, as far as {@link #poll} says. */
  void endAt(Lsn position) {
    end = position;
  }

  /** From now on reading fails. */
  void breakDown() {
    broken = true;
  }

  /** Where reads began, in the order in which they came. */
  List<Lsn> reads() {
    return reads;
  }

  @Override
  public boolean read(WalSegment segment, Lsn from, ByteBuffer into) {
    enter();
    try {
      reads.add(from);
      if (broken) {
        throw new EngineException(Reason.DatabaseUnreachable, "The connection is broken.");
      }
      if (!WalSegment.containing(segment.timeline(), from, segment.size()).equals(segment)) {
        throw new IllegalArgumentException(from + " does not lie in " + segment);
      }
      int offset = (int) from.minus(start);
      if (offset + into.remaining() > wal.length) {
        return false;
      }
      into.put(wal, offset, into.remaining());
      return true;
    } finally {
      callers.decrementAndGet();
    }
  }

  @Override
  public WalTip poll() {
    enter();
    callers.decrementAndGet();
    return new WalTip(Timeline.FIRST, end);
  }

  private void enter() {
    if (callers.incrementAndGet() > 1) {
      throw new IllegalStateException("two calls at once");
    }
  }

  @Override
  public String name() {
    return "Recorded";
  }

  @Override
  public ServerFacts server() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<byte[]> historyFile(Timeline timeline) {
    return Optional.empty();
  }

  @Override
  public Lsn keptFrom() {
    return start;
  }

  @Override
  public Xid nextXid() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void confirm(Lsn durable) {
    enter();
    callers.decrementAndGet();
  }

  @Override
  public Optional<SlotStatus> slot() {
    return Optional.empty();
  }

  @Override
  public void giveUpSlot() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    // nothing is open
  }
}
