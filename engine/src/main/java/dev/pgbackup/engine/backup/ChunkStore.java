package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.content.ChunkHash;
import dev.pgbackup.engine.archive.format.Chunk;
import java.util.Optional;

/**
 * Where a worker's chunks go: into bundles, or nowhere if the archive has them. Used by one thread.
 */
final class ChunkStore implements AutoCloseable {

  private final OpenBundles bundles;
  private final EarlierChunks earlier;
  private final UploadTotals totals;
  private final ChunkCodec codec;

  ChunkStore(OpenBundles bundles, EarlierChunks earlier, int level, UploadTotals totals) {
    this.bundles = bundles;
    this.earlier = earlier;
    this.totals = totals;
    this.codec = new ChunkCodec(level);
  }

  /**
   * Makes sure that the archive has a chunk, or will have it once the bundles are {@linkplain
   * OpenBundles#finish finished}.
   *
   * @param before what the previous backup has in its place
   * @return where it lies
   */
  Chunk keep(byte[] plain, int length, Optional<Chunk> before) {
    if (ChunkCodec.isZero(plain, length)) {
      return Chunk.zeros(length);
    }
    ChunkHash hash = codec.hash(plain, length);
    return earlier.find(hash, length, before).orElseGet(() -> write(hash, plain, length));
  }

  private Chunk write(ChunkHash hash, byte[] plain, int length) {
    Chunk chunk = bundles.add(hash, length, codec.encode(plain, length));
    totals.newBytes(length);
    return chunk;
  }

  @Override
  public void close() {
    codec.close();
  }
}
