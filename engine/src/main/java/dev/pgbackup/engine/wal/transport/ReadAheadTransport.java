package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Another transport, of which the piece that will probably be asked for next is read while the one
 * before is worked on: a backlog is then read and packed at the same time.
 *
 * <p>Read ahead is one piece as large as the last one, if all of it lies before the last known tip:
 * such WAL does not change any more. The other transport still gets one call at a time, from two
 * threads in turns.
 */
public final class ReadAheadTransport implements WalTransport {

  private final WalTransport transport;
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "wal-read-ahead");
            thread.setDaemon(true);
            return thread;
          });
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private @Nullable Ahead ahead;
  private Lsn tip = Lsn.ZERO;

  /**
   * A piece that is being read into the buffer.
   *
   * @param there whether the server has it
   */
  private record Ahead(WalSegment segment, Lsn from, int length, Future<Boolean> there) {

    boolean is(WalSegment wanted, Lsn position, int bytes) {
      return segment.equals(wanted) && from.equals(position) && length == bytes;
    }
  }

  /**
   * @param transport closed by this
   */
  public ReadAheadTransport(WalTransport transport) {
    this.transport = transport;
  }

  @Override
  public boolean read(WalSegment segment, Lsn from, ByteBuffer into) {
    int length = into.remaining();
    boolean there = takeAhead(segment, from, into) || readNow(segment, from, into);
    if (there) {
      readAhead(segment, from.plus(length), length);
    }
    return there;
  }

  private boolean readNow(WalSegment segment, Lsn from, ByteBuffer into) {
    synchronized (transport) {
      return transport.read(segment, from, into);
    }
  }

  /** Waits for the piece that was read ahead, and gives it out if it is the one that is wanted. */
  private boolean takeAhead(WalSegment segment, Lsn from, ByteBuffer into) {
    Ahead piece = ahead;
    ahead = null;
    if (piece == null || !await(piece.there()) || !piece.is(segment, from, into.remaining())) {
      return false;
    }
    into.put(buffer.flip());
    return true;
  }

  private static boolean await(Future<Boolean> there) {
    try {
      return there.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof EngineException known) {
        throw known;
      }
      throw new IllegalStateException("reading WAL ahead failed", failure.getCause());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "Reading WAL was interrupted.", stop);
    }
  }

  private void readAhead(WalSegment last, Lsn from, int length) {
    WalSegment segment = from.equals(last.end()) ? last.next() : last;
    Lsn end = from.plus(length);
    if (length == 0 || end.isAfter(tip) || end.isAfter(segment.end())) {
      return;
    }
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocate(length);
    }
    ByteBuffer into = buffer.clear().limit(length);
    ahead = new Ahead(segment, from, length, reader.submit(() -> readNow(segment, from, into)));
  }

  @Override
  public WalTip poll() {
    synchronized (transport) {
      WalTip polled = transport.poll();
      tip = polled.end();
      return polled;
    }
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public ServerFacts server() {
    return transport.server();
  }

  @Override
  public Optional<byte[]> historyFile(Timeline timeline) {
    synchronized (transport) {
      return transport.historyFile(timeline);
    }
  }

  @Override
  public Lsn keptFrom() {
    synchronized (transport) {
      return transport.keptFrom();
    }
  }

  @Override
  public Xid nextXid() {
    synchronized (transport) {
      return transport.nextXid();
    }
  }

  @Override
  public void confirm(Lsn durable) {
    synchronized (transport) {
      transport.confirm(durable);
    }
  }

  @Override
  public Optional<SlotStatus> slot() {
    synchronized (transport) {
      return transport.slot();
    }
  }

  @Override
  public void giveUpSlot() {
    synchronized (transport) {
      transport.giveUpSlot();
    }
  }

  @Override
  public void close() {
    reader.shutdown();
    synchronized (transport) {
      transport.close();
    }
  }
}
