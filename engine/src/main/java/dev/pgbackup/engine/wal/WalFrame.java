package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import java.nio.ByteBuffer;

/**
 * Some WAL, packed, in memory.
 *
 * @param from the first position
 * @param to the position behind the last
 * @param packed one zstd frame
 */
record WalFrame(Lsn from, Lsn to, byte[] packed) {

  int length() {
    return (int) to.minus(from);
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(packed).asReadOnlyBuffer();
  }
}
