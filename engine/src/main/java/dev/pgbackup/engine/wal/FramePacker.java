package dev.pgbackup.engine.wal;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.pgbackup.engine.postgres.Lsn;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Packs WAL as it comes: collects plain bytes in one buffer, and makes a frame of them when it is
 * full or when it is told to. For one thread.
 */
final class FramePacker implements AutoCloseable {

  private final Consumer<WalFrame> sink;
  private final byte[] plain = new byte[WalCodec.FRAME];
  private final byte[] packed =
      new byte[(int) com.github.luben.zstd.Zstd.compressBound(WalCodec.FRAME)];
  private final ZstdCompressCtx zstd =
      new ZstdCompressCtx().setLevel(WalCodec.LEVEL).setChecksum(true);
  private Lsn from;
  private int filled;

  /**
   * @param from the position of the first byte that comes
   * @param sink takes the frames in order
   */
  FramePacker(Lsn from, Consumer<WalFrame> sink) {
    this.from = from;
    this.sink = sink;
  }

  /** Takes all bytes of {@code wal}, whose position moves to its limit. */
  void add(ByteBuffer wal) {
    while (wal.hasRemaining()) {
      int step = Math.min(wal.remaining(), plain.length - filled);
      wal.get(plain, filled, step);
      filled += step;
      if (filled == plain.length) {
        cut();
      }
    }
  }

  /** Makes a frame of what came since the last one, if anything did. */
  void cut() {
    if (filled == 0) {
      return;
    }
    int size = zstd.compressByteArray(packed, 0, packed.length, plain, 0, filled);
    Lsn to = from.plus(filled);
    sink.accept(new WalFrame(from, to, Arrays.copyOf(packed, size)));
    from = to;
    filled = 0;
  }

  /** Bytes that came since the last frame. */
  int pending() {
    return filled;
  }

  /** Forgets what came, and goes on at {@code position}. */
  void restart(Lsn position) {
    from = position;
    filled = 0;
  }

  /** What was not cut is forgotten. */
  @Override
  public void close() {
    zstd.close();
  }
}
