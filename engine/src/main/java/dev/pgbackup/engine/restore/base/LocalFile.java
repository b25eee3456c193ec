package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.format.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** A file that is there already, compared with what it shall be. Used by one thread at a time. */
final class LocalFile implements AutoCloseable {

  private final RestoredFile file;
  private final FileChannel channel;
  private final ChunkCodec codec;
  private final byte[] buffer;

  /**
   * @param buffer of at least {@link Chunk#SIZE} bytes
   */
  LocalFile(RestoredFile file, ChunkCodec codec, byte[] buffer) {
    this.file = file;
    this.codec = codec;
    this.buffer = buffer;
    try {
      this.channel = FileChannel.open(file.path(), StandardOpenOption.READ);
    } catch (IOException e) {
      throw Failures.of(file.path(), e);
    }
  }

  /** Whether the bytes from {@code offset} on are the chunk's. */
  boolean has(Chunk chunk, long offset) {
    try {
      ByteBuffer piece = ByteBuffer.wrap(buffer, 0, chunk.n());
      while (piece.hasRemaining()) {
        if (channel.read(piece, offset + piece.position()) < 0) {
          // What lies behind the end becomes zeros.
          return chunk.isZero() && ChunkCodec.isZero(buffer, piece.position());
        }
      }
      return chunk.isZero()
          ? ChunkCodec.isZero(buffer, chunk.n())
          : codec.hash(buffer, chunk.n()).toString().equals(chunk.h());
    } catch (IOException e) {
      throw Failures.of(file.path(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Failures.of(file.path(), e);
    }
  }
}
