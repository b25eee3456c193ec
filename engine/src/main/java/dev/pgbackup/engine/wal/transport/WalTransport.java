package dev.pgbackup.engine.wal.transport;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A way to the WAL of one server.
 *
 * <p>It leads to one and the same server until it is closed: when that server restarts, promotes or
 * vanishes, every call fails, and a new transport must be opened. For one thread at a time.
 *
 * <p>Failures are {@link dev.pgbackup.engine.error.EngineException}s: {@code DatabaseUnreachable}
 * and {@code WrongServer} when it is time for a new transport, {@code SlotLost} when the server no
 * longer keeps WAL for this reader.
 */
public interface WalTransport extends AutoCloseable {

  /** What status shows: {@code Sql}, {@code Directory}. */
  String name();

  /** The server at the other end. */
  ServerFacts server();

  /** Asks how far the WAL goes now. */
  WalTip poll();

  /**
   * Reads bytes of one segment that lie before the tip.
   *
   * @param from the first position
   * @param into filled from its position to its limit, or left as it is
   * @return false if the server does not have them
   */
  boolean read(WalSegment segment, Lsn from, ByteBuffer into);

  /** A timeline's history file; empty if the server has none. */
  Optional<byte[]> historyFile(Timeline timeline);

  /** A position from which on the server has all WAL and keeps it. */
  Lsn keptFrom();

  /** The server's next transaction id. */
  Xid nextXid();

  /**
   * Lets the server throw away WAL before a position.
   *
   * @param durable everything before it is in the archive
   */
  void confirm(Lsn durable);

  /** How the server's slot is; empty where there is none. */
  Optional<SlotStatus> slot();

  /** Drops the slot, so that the server need not keep WAL; what it still has can be read. */
  void giveUpSlot();

  @Override
  void close();
}
