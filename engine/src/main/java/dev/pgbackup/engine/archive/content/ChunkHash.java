package dev.pgbackup.engine.archive.content;

import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The name of a chunk: the SHA-256 of its plain bytes.
 *
 * @param a the first eight bytes, big-endian; the others follow
 */
public record ChunkHash(long a, long b, long c, long d) {

  /** Bytes of a hash. */
  public static final int SIZE = 32;

  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  /** Takes the next 32 bytes. */
  public static ChunkHash read(ByteBuffer from) {
    return new ChunkHash(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /** Puts 32 bytes. */
  public void write(ByteBuffer to) {
    to.putLong(a).putLong(b).putLong(c).putLong(d);
  }

  /** As {@link dev.pgbackup.engine.archive.format.Chunk#h()} has it: base64url without padding. */
  @Override
  public String toString() {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE);
    write(bytes);
    return TEXT.encodeToString(bytes.array());
  }
}
