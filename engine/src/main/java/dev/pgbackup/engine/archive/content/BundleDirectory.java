package dev.pgbackup.engine.archive.content;

import dev.pgbackup.engine.archive.format.Chunk.Encoding;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What chunks a bundle holds, as the bundle itself says at its end: so a bundle is of use without
 * the list of files that refers to it. The bytes are described in {@code docs/archive-format.md}.
 */
public final class BundleDirectory {

  static final int ENTRY = ChunkHash.SIZE + 9;
  static final int TRAILER = 24;
  static final int MAGIC = 0x50474244;

  private static final int CHECKED_OF_TRAILER = 12;
  private static final int GUESS = 64 << 10;
  private static final int LARGEST = BundleWriter.MOST_CHUNKS * ENTRY + TRAILER;

  private final byte[] entries;
  private final long[] offsets;

  /**
   * A chunk in a bundle.
   *
   * @param plainSize bytes of the chunk
   * @param offset of the encoded chunk in the bundle, bytes
   * @param size of the encoded chunk, bytes
   */
  public record Entry(ChunkHash hash, int plainSize, long offset, int size, Encoding encoding) {}

  private BundleDirectory(byte[] entries, long[] offsets) {
    this.entries = entries;
    this.offsets = offsets;
  }

  /**
   * Reads the directory of a bundle, by one request or two.
   *
   * @param size of the object, bytes
   * @throws EngineException {@code ArchiveDamaged} if there is none, {@code
   *     UnsupportedArchiveVersion}
   */
  public static BundleDirectory read(ObjectStore store, String key, long size) {
    if (size < TRAILER) {
      throw damaged(key, "is too short");
    }
    ByteBuffer end = readEnd(store, key, size, (int) Math.min(size, GUESS));
    ByteBuffer trailer = trailer(end);
    long start = requireTrailer(key, trailer, size);
    int length = (int) (size - start);
    if (length > end.remaining()) {
      end = readEnd(store, key, size, length);
    }
    return parse(key, end.slice(end.limit() - length, length), start);
  }

  private static ByteBuffer readEnd(ObjectStore store, String key, long size, int length) {
    try (ObjectContent content = store.get(key, new ByteRange(size - length, length))) {
      return ByteBuffer.wrap(content.stream().readNBytes(length));
    } catch (IOException broken) {
      throw new EngineException(
          Reason.BucketUnreachable, "reading " + key + " broke off; try again", broken);
    }
  }

  private static ByteBuffer trailer(ByteBuffer end) {
    return end.slice(end.limit() - TRAILER, TRAILER);
  }

  /** Where the directory begins. */
  private static long requireTrailer(String key, ByteBuffer trailer, long size) {
    if (trailer.getInt(20) != MAGIC) {
      throw damaged(key, "does not end as a bundle does");
    }
    new FormatVersion(trailer.getShort(16), trailer.getShort(18)).requireReadable(key);
    long start = trailer.getLong(0);
    int count = trailer.getInt(8);
    if (start < 0 || count < 0 || size - start != (long) count * ENTRY + TRAILER) {
      throw damaged(key, "has a trailer that contradicts its size");
    }
    if (size - start > LARGEST) {
      throw damaged(key, "has more chunks than a bundle can have");
    }
    return start;
  }

  private static BundleDirectory parse(String key, ByteBuffer directory, long start) {
    int length = directory.limit() - TRAILER;
    byte[] entries = new byte[length];
    directory.get(0, entries);
    ByteBuffer trailer = trailer(directory);
    if (trailer.getInt(CHECKED_OF_TRAILER) != checksum(entries, length, trailer)) {
      throw damaged(key, "has a directory that is not what was written");
    }
    long[] offsets = new long[length / ENTRY + 1];
    ByteBuffer sizes = ByteBuffer.wrap(entries);
    for (int i = 0; i < offsets.length - 1; i++) {
      offsets[i + 1] = offsets[i] + sizes.getInt(i * ENTRY + ChunkHash.SIZE + 4);
    }
    if (offsets[offsets.length - 1] != start) {
      throw damaged(key, "has a directory that contradicts its size");
    }
    return new BundleDirectory(entries, offsets);
  }

  /** The trailer behind {@code length} bytes of entries, which begin at {@code start}. */
  static ByteBuffer newTrailer(byte[] entries, int length, long start) {
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
    trailer.putLong(start).putInt(length / ENTRY);
    trailer.putInt(checksum(entries, length, trailer));
    trailer.putShort((short) FormatVersion.CURRENT.major());
    trailer.putShort((short) FormatVersion.CURRENT.minor());
    return trailer.putInt(MAGIC).flip();
  }

  private static int checksum(byte[] entries, int length, ByteBuffer trailer) {
    CRC32C crc = new CRC32C();
    crc.update(entries, 0, length);
    crc.update(trailer.slice(0, CHECKED_OF_TRAILER));
    return (int) crc.getValue();
  }

  /** How many chunks the bundle holds. */
  public int size() {
    return offsets.length - 1;
  }

  /** The chunk at a position, from 0. */
  public Entry entry(int position) {
    ByteBuffer entry = ByteBuffer.wrap(entries, position * ENTRY, ENTRY);
    ChunkHash hash = ChunkHash.read(entry);
    int plainSize = entry.getInt();
    int size = entry.getInt();
    Encoding encoding = entry.get() == 0 ? Encoding.Raw : Encoding.Zstd;
    return new Entry(hash, plainSize, offsets[position], size, encoding);
  }

  private static EngineException damaged(String key, String what) {
    return new EngineException(
        Reason.ArchiveDamaged,
        key + " " + what + ": it is damaged, or not a bundle that pgbackup wrote");
  }
}
