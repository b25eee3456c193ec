package dev.pgbackup.engine.wal;

import com.github.luben.zstd.Zstd;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** How WAL is packed: zstd frames in a row, each with a checksum of its own. */
final class WalCodec {

  private static final int LEVEL = 1;

  private WalCodec() {}

  /** One frame. */
  static byte[] compress(byte[] plain, int length) {
    byte[] frame = new byte[(int) Zstd.compressBound(length)];
    long size = Zstd.compressByteArray(frame, 0, frame.length, plain, 0, length, LEVEL);
    if (Zstd.isError(size)) {
      throw new EngineException(
          Reason.InternalError, "cannot compress WAL: " + Zstd.getErrorName(size));
    }
    return Arrays.copyOf(frame, (int) size);
  }

  static byte[] decompress(ByteBuffer frame, int length) {
    byte[] packed = new byte[frame.remaining()];
    frame.duplicate().get(packed);
    byte[] plain = new byte[length];
    long size = Zstd.decompress(plain, packed);
    if (Zstd.isError(size) || size != length) {
      throw new EngineException(Reason.InternalError, "a frame of WAL in memory is damaged");
    }
    return plain;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
