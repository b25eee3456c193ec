package dev.pgbackup.engine.wal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes few big frames of many small ones, wherever they are, and hashes what is in them. Big
 * frames in memory are taken as they are.
 */
final class WalRepacker {

  private final ObjectStore store;

  WalRepacker(ObjectStore store) {
    this.store = store;
  }

  /**
   * @param from the first position of the first source
   * @param sha256 is given all plain bytes; null if nobody wants to know
   * @param sink takes the frames in order
   */
  void run(
      List<WalSource> sources, Lsn from, @Nullable MessageDigest sha256, Consumer<WalFrame> sink) {
    byte[] plain = new byte[WalCodec.FRAME];
    try (FramePacker packer = new FramePacker(from, sink)) {
      for (WalSource source : sources) {
        if (source instanceof WalSource.Frames memory) {
          for (WalFrame frame : memory.frames()) {
            repack(frame, plain, packer, sha256, sink);
          }
        } else if (source instanceof WalSource.Stored stored) {
          repack(stored.tail(), plain, packer, sha256);
        }
      }
      packer.cut();
    }
  }

  private static void repack(
      WalFrame frame,
      byte[] plain,
      FramePacker packer,
      @Nullable MessageDigest sha256,
      Consumer<WalFrame> sink) {
    boolean big = frame.length() == WalCodec.FRAME;
    if (!big || sha256 != null) {
      byte[] packed = frame.packed();
      long size = Zstd.decompressByteArray(plain, 0, plain.length, packed, 0, packed.length);
      if (Zstd.isError(size) || size != frame.length()) {
        throw new EngineException(
            Reason.InternalError, "A frame of WAL was damaged in memory. Check the machine's RAM.");
      }
    }
    if (sha256 != null) {
      sha256.update(plain, 0, frame.length());
    }
    if (big) {
      packer.cut();
      sink.accept(frame);
      packer.restart(frame.to());
    } else {
      packer.add(ByteBuffer.wrap(plain, 0, frame.length()));
    }
  }

  private void repack(
      WalObject tail, byte[] plain, FramePacker packer, @Nullable MessageDigest sha256) {
    long length = 0;
    try (ObjectContent content = store.get(tail.key(), ByteRange.ALL);
        InputStream in = new ZstdInputStream(content.stream())) {
      int n;
      while ((n = in.read(plain)) >= 0) {
        if (sha256 != null) {
          sha256.update(plain, 0, n);
        }
        packer.add(ByteBuffer.wrap(plain, 0, n));
        length += n;
      }
    } catch (IOException e) {
      throw new EngineException(
          Reason.BucketUnreachable,
          "Reading " + tail.key() + " from " + store.describe() + " broke off. It is tried again.",
          e);
    }
    if (length != tail.to().minus(tail.from())) {
      throw new EngineException(
          Reason.ArchiveDamaged,
          tail.key()
              + " in "
              + store.describe()
              + " does not hold what was written to it."
              + " Bring it back from a copy or an older version of the object.");
    }
  }
}
