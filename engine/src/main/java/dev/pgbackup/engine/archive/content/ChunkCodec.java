package dev.pgbackup.engine.archive.content;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.Chunk.Encoding;
import dev.pgbackup.engine.store.Sha256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Names, packs and unpacks chunks. Used by one thread at a time; its contexts and buffers are made
 * once and used again.
 */
public final class ChunkCodec implements AutoCloseable {

  /** zstd's level where nobody asks for another: above it a core no longer keeps up with a disk. */
  public static final int DEFAULT_LEVEL = 1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final MessageDigest sha256 = Sha256.digest();
  private final byte[] digest = new byte[ChunkHash.SIZE];
  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private byte[] packed = new byte[0];

  public ChunkCodec() {
    this(DEFAULT_LEVEL);
  }

  /**
   * @param level zstd's
   */
  public ChunkCodec(int level) {
    compressor.setLevel(level);
  }

  /** Whether nothing of a chunk needs to be stored. */
  public static boolean isZero(byte[] plain, int length) {
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      if ((long) LONGS.get(plain, at) != 0) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (plain[at] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The name of a chunk. */
  public ChunkHash hash(byte[] plain, int length) {
    sha256.update(plain, 0, length);
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException impossible) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", impossible);
    }
    return ChunkHash.read(ByteBuffer.wrap(digest));
  }

  /** Packs a chunk, or leaves it as it is where packing does not help. */
  public EncodedChunk encode(byte[] plain, int length) {
    int bound = (int) Zstd.compressBound(length);
    if (packed.length < bound) {
      packed = new byte[bound];
    }
    int size = compressor.compressByteArray(packed, 0, bound, plain, 0, length);
    return size < length
        ? new EncodedChunk(Encoding.Zstd, ByteBuffer.wrap(packed, 0, size))
        : new EncodedChunk(Encoding.Raw, ByteBuffer.wrap(plain, 0, length));
  }

  /**
   * Unpacks a chunk that is stored.
   *
   * @param encoded whose bytes from {@code offset} on are the chunk's
   * @param plain takes the first {@link Chunk#n()} bytes; has room for them
   * @return whether they are what was once written; if not, what is in {@code plain} is of no use
   */
  public boolean decode(Chunk chunk, byte[] encoded, int offset, byte[] plain) {
    if (chunk.e() == Encoding.Zstd) {
      try {
        int size =
            decompressor.decompressByteArray(plain, 0, chunk.n(), encoded, offset, chunk.s());
        if (size != chunk.n()) {
          return false;
        }
      } catch (ZstdException damaged) {
        return false;
      }
    } else if (chunk.s() == chunk.n()) {
      System.arraycopy(encoded, offset, plain, 0, chunk.n());
    } else {
      return false;
    }
    return hash(plain, chunk.n()).toString().equals(chunk.h());
  }

  /** Unpacks a chunk of zeros. */
  public static void decodeZeros(Chunk chunk, byte[] plain) {
    Arrays.fill(plain, 0, chunk.n(), (byte) 0);
  }

  @Override
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
