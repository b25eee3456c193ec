package dev.pgbackup.engine.archive.content;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectStore;
import java.io.IOException;
import java.util.List;

/**
 * Reads chunks of bundles by few ranged requests, unpacks them and checks their hashes. Used by one
 * thread at a time; holds one chunk.
 */
public final class BundleReader implements AutoCloseable {

  /** Up to this many bytes that are not wanted are read over rather than asked for anew. */
  private static final long SKIP = 256 << 10;

  private final ObjectStore store;
  private final ChunkCodec codec = new ChunkCodec();
  private byte[] encoded = new byte[0];
  private byte[] plain = new byte[0];

  public BundleReader(ObjectStore store) {
    this.store = store;
  }

  /** Takes what was read, once for each chunk that was asked for, in the same order. */
  public interface Sink {

    /**
     * A chunk that is what was once written.
     *
     * @param plain whose first {@link Chunk#n()} bytes are the chunk's; used again afterwards
     */
    void intact(Chunk chunk, byte[] plain);

    void damaged(Chunk chunk);
  }

  /**
   * Reads.
   *
   * @param key of the bundle
   * @param chunks none of them zero, in ascending order of their offsets
   * @throws dev.pgbackup.engine.store.ObjectNotFoundException if there is no such bundle
   * @throws EngineException {@code ArchiveDamaged} if the bundle is shorter than the chunks need
   */
  public void read(String key, List<Chunk> chunks, Sink sink) {
    int from = 0;
    while (from < chunks.size()) {
      int to = from + 1;
      long end = end(chunks.get(from));
      while (to < chunks.size() && chunks.get(to).o() <= end + SKIP) {
        end = Math.max(end, end(chunks.get(to)));
        to++;
      }
      readRun(key, chunks.subList(from, to), end, sink);
      from = to;
    }
  }

  private void readRun(String key, List<Chunk> run, long end, Sink sink) {
    long position = run.get(0).o();
    try (ObjectContent content = store.get(key, new ByteRange(position, end - position))) {
      long heldFrom = -1;
      int held = 0;
      for (Chunk chunk : run) {
        boolean again = chunk.o() == heldFrom && chunk.s() == held;
        if (!again) {
          if (chunk.o() < position) {
            sink.damaged(chunk);
            continue;
          }
          content.stream().skipNBytes(chunk.o() - position);
          encoded = atLeast(encoded, chunk.s());
          held = content.stream().readNBytes(encoded, 0, chunk.s());
          heldFrom = chunk.o();
          position = end(chunk);
        }
        plain = atLeast(plain, chunk.n());
        if (held == chunk.s() && codec.decode(chunk, encoded, 0, plain)) {
          sink.intact(chunk, plain);
        } else {
          sink.damaged(chunk);
        }
      }
    } catch (IOException broken) {
      throw new EngineException(
          Reason.BucketUnreachable, "reading " + key + " broke off; try again", broken);
    }
  }

  private static byte[] atLeast(byte[] buffer, int size) {
    return buffer.length < size ? new byte[size] : buffer;
  }

  private static long end(Chunk chunk) {
    return chunk.o() + chunk.s();
  }

  @Override
  public void close() {
    codec.close();
  }
}
