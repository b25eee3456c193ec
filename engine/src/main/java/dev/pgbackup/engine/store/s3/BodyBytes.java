package dev.pgbackup.engine.store.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;

/** The body of a request, in memory, sent without another copy and as often as needed. */
final class BodyBytes {

  private final List<ByteBuffer> buffers;
  private final long size;
  private @Nullable String crc32c;

  /**
   * @param buffers from position to limit; positions stay
   */
  BodyBytes(List<ByteBuffer> buffers) {
    this.buffers = buffers.stream().map(ByteBuffer::duplicate).toList();
    this.size = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  long size() {
    return size;
  }

  RequestBody request() {
    return RequestBody.fromContentProvider(
        () -> new BufferStream(buffers), size, "application/octet-stream");
  }

  /** Computed once: a part's is asked for again when its upload is completed. */
  String crc32c() {
    String known = crc32c;
    if (known == null) {
      CRC32C crc = new CRC32C();
      buffers.forEach(buffer -> crc.update(buffer.duplicate()));
      known =
          Base64.getEncoder()
              .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
      crc32c = known;
    }
    return known;
  }

  String md5() {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      buffers.forEach(buffer -> md5.update(buffer.duplicate()));
      return Base64.getEncoder().encodeToString(md5.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has MD5", impossible);
    }
  }

  private static final class BufferStream extends InputStream {

    private final Deque<ByteBuffer> rest = new ArrayDeque<>();

    BufferStream(List<ByteBuffer> buffers) {
      buffers.forEach(buffer -> rest.add(buffer.duplicate()));
    }

    @Override
    public int read() {
      ByteBuffer current = current();
      return current == null ? -1 : current.get() & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
      if (count == 0) {
        return 0;
      }
      ByteBuffer current = current();
      if (current == null) {
        return -1;
      }
      int taken = Math.min(count, current.remaining());
      current.get(target, offset, taken);
      return taken;
    }

    @Override
    public int available() {
      return (int)
          Math.min(Integer.MAX_VALUE, rest.stream().mapToLong(ByteBuffer::remaining).sum());
    }

    private @Nullable ByteBuffer current() {
      while (!rest.isEmpty() && !rest.element().hasRemaining()) {
        rest.remove();
      }
      return rest.peek();
    }
  }
}
