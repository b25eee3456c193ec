package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.content.BundleWriter;
import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.content.ChunkHash;
import dev.pgbackup.engine.archive.content.EncodedChunk;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.store.ObjectStore;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a worker's chunks go: into bundles, or nowhere if the archive has them. Used by one thread.
 */
final class ChunkStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkStore.class);

  private final ObjectStore store;
  private final Bundles bundles;
  private final EarlierChunks earlier;
  private final Totals totals;
  private final ChunkCodec codec;
  private @Nullable BundleWriter open;
  private int openNumber;

  /** What was uploaded, by all workers. */
  static final class Totals {
    private final LongAdder newBytes = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();

    long newBytes() {
      return newBytes.sum();
    }

    long storedBytes() {
      return storedBytes.sum();
    }
  }

  ChunkStore(ObjectStore store, Bundles bundles, EarlierChunks earlier, int level, Totals totals) {
    this.store = store;
    this.bundles = bundles;
    this.earlier = earlier;
    this.totals = totals;
    this.codec = new ChunkCodec(level);
  }

  /**
   * Makes sure that the archive has a chunk, or will have it once this is {@link #finish}ed.
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
    EncodedChunk encoded = codec.encode(plain, length);
    BundleWriter bundle = open;
    if (bundle != null && !bundle.hasRoom(encoded.bytes().remaining())) {
      finish();
      bundle = null;
    }
    if (bundle == null) {
      Bundles.Own own = bundles.begin();
      bundle = new BundleWriter(store, own.key());
      open = bundle;
      openNumber = own.number();
    }
    totals.newBytes.add(length);
    return bundle.add(hash, length, encoded, openNumber);
  }

  /** Publishes the bundle that was begun last. */
  void finish() {
    BundleWriter bundle = open;
    if (bundle != null) {
      totals.storedBytes.add(bundle.commit());
      bundle.close();
      open = null;
    }
  }

  /** Publishes the bundle that was begun last, if that can be done: the next backup may need it. */
  void salvage() {
    try {
      finish();
    } catch (EngineException | IllegalStateException failure) {
      LOG.debug("a bundle of a backup that was cut off is given up", failure);
    }
  }

  /** Gives up what was not finished. */
  @Override
  public void close() {
    codec.close();
    BundleWriter bundle = open;
    if (bundle != null) {
      bundle.close();
    }
  }
}
