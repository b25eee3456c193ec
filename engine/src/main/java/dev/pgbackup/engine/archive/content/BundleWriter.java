package dev.pgbackup.engine.archive.content;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.Chunk.Encoding;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A bundle being written: encoded chunks back to back, and a directory of them at the end. Closed
 * without {@link #commit} it leaves nothing.
 */
public final class BundleWriter implements AutoCloseable {

  /** Bytes of chunks that a bundle holds at most. */
  public static final long MOST_BYTES = 64 << 20;

  /** Chunks that a bundle holds at most: small files would else make its directory large. */
  public static final int MOST_CHUNKS = 16_384;

  private static final int INITIAL = 256;

  private final ObjectUpload upload;
  private byte[] entries = new byte[INITIAL * BundleDirectory.ENTRY];
  private int count;
  private long end;

  /** Begins a bundle; nothing of it is seen before {@link #commit}. */
  public BundleWriter(ObjectStore store, String key) {
    this.upload = store.create(key, ObjectAttributes.NONE, PutOptions.CREATE.asBulk());
  }

  /** Whether a chunk of that encoded size still fits. */
  public boolean hasRoom(int size) {
    return count < MOST_CHUNKS && upload.size() + size <= MOST_BYTES;
  }

  /**
   * Appends a chunk.
   *
   * @param bundle the bundle's position in the list that will refer to it
   * @return where the chunk lies
   */
  public Chunk add(ChunkHash hash, int plainSize, EncodedChunk encoded, int bundle) {
    long offset = upload.size();
    int size = encoded.bytes().remaining();
    upload.write(encoded.bytes());
    remember(hash, plainSize, size, encoded.encoding());
    end += size;
    return new Chunk(plainSize, hash.toString(), bundle, offset, size, encoded.encoding());
  }

  private void remember(ChunkHash hash, int plainSize, int size, Encoding encoding) {
    int at = count * BundleDirectory.ENTRY;
    if (at == entries.length) {
      entries =
          Arrays.copyOf(entries, Math.min(entries.length * 2, MOST_CHUNKS * BundleDirectory.ENTRY));
    }
    ByteBuffer entry = ByteBuffer.wrap(entries, at, BundleDirectory.ENTRY);
    hash.write(entry);
    entry.putInt(plainSize).putInt(size).put((byte) (encoding == Encoding.Raw ? 0 : 1));
    count++;
  }

  /**
   * Writes the directory and publishes the bundle.
   *
   * @return bytes of the object
   * @throws IllegalStateException if a chunk was written in part only, because that failed
   */
  public long commit() {
    long start = upload.size();
    if (start != end) {
      throw new IllegalStateException("the last chunk is not whole");
    }
    int length = count * BundleDirectory.ENTRY;
    upload.write(ByteBuffer.wrap(entries, 0, length));
    upload.write(BundleDirectory.newTrailer(entries, length, start));
    upload.commit();
    return upload.size();
  }

  @Override
  public void close() {
    upload.close();
  }
}
