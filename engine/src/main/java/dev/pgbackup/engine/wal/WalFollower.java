package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import java.nio.ByteBuffer;

/**
 * Looks at a timeline's WAL on its way into the archive, and may publish what it learnt once that
 * WAL is durable.
 *
 * <p>A follower never disturbs archiving: it throws nothing because of what it reads or because the
 * store refuses it. Its methods may be called by different threads.
 */
public interface WalFollower extends AutoCloseable {

  /**
   * Takes the next bytes, right behind those before, the first ones from where following began.
   *
   * @param wal read from position to limit; position and limit are left as they are, the bytes are
   *     not kept
   */
  void received(ByteBuffer wal);

  /**
   * Says that the archive holds everything before {@code position}. May take as long as writing a
   * small object.
   */
  void durable(Lsn position);

  /** Publishes what is durable, and ends. */
  @Override
  void close();

  /** Begins to follow. */
  @FunctionalInterface
  interface Factory {

    /**
     * @param from the position of the first byte that will be received: the start of a segment
     * @param nextXid the server's next transaction id at about that time, with its epoch
     */
    WalFollower follow(Timeline timeline, Lsn from, Xid nextXid);
  }
}
