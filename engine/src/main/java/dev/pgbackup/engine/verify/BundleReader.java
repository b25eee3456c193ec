package dev.pgbackup.engine.verify;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectStore;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;

/** Reads chunks of a bundle and tells of each whether it is what it must be. */
final class BundleReader {

  /** Up to this many bytes that are not wanted are read over rather than asked for anew. */
  private static final long SKIP = 256 << 10;

  private final ObjectStore store;
  private final String key;
  private final BiConsumer<Chunk, Boolean> result;

  BundleReader(ObjectStore store, String key, BiConsumer<Chunk, Boolean> result) {
    this.store = store;
    this.key = key;
    this.result = result;
  }

  /**
   * Reads.
   *
   * @param chunks in ascending order of their offsets, all within the bundle
   */
  void read(List<Chunk> chunks) {
    int from = 0;
    while (from < chunks.size()) {
      int to = from + 1;
      long end = end(chunks.get(from));
      while (to < chunks.size() && chunks.get(to).o() <= end + SKIP) {
        end = Math.max(end, end(chunks.get(to)));
        to++;
      }
      readRun(chunks.subList(from, to), end);
      from = to;
    }
  }

  private void readRun(List<Chunk> run, long end) {
    long position = run.get(0).o();
    try (ObjectContent content = store.get(key, new ByteRange(position, end - position))) {
      byte[] encoded = new byte[0];
      long encodedFrom = position;
      for (Chunk chunk : run) {
        boolean again = chunk.o() == encodedFrom && chunk.s() == encoded.length;
        if (!again && chunk.o() < position) {
          result.accept(chunk, false);
          continue;
        }
        if (!again) {
          content.stream().skipNBytes(chunk.o() - position);
          encoded = content.stream().readNBytes(chunk.s());
          encodedFrom = chunk.o();
          position = end(chunk);
        }
        result.accept(chunk, isIntact(chunk, encoded));
      }
    } catch (IOException broken) {
      throw new EngineException(
          Reason.BucketUnreachable, "reading " + key + " broke off; try again", broken);
    }
  }

  private static boolean isIntact(Chunk chunk, byte[] encoded) {
    byte[] plain;
    if (chunk.e() == Chunk.Encoding.Zstd) {
      try {
        plain = Zstd.decompress(encoded, chunk.n());
      } catch (ZstdException damaged) {
        return false;
      }
    } else {
      plain = encoded;
    }
    return plain.length == chunk.n()
        && Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(plain)).equals(chunk.h());
  }

  private static long end(Chunk chunk) {
    return chunk.o() + chunk.s();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
