package dev.pgbackup.engine.restore.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes pieces of files, and finishes a file with its last piece. Keeps the file open that it
 * wrote to last, since the next piece is most often of the same one. Used by one thread at a time.
 */
final class FileWriter implements AutoCloseable {

  private static final Set<OpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

  private final Modes modes;
  private @Nullable RestoredFile file;
  private @Nullable FileChannel channel;

  FileWriter(Modes modes) {
    this.modes = modes;
  }

  void write(RestoredFile target, long offset, byte[] bytes, int length) {
    try {
      ByteBuffer piece = ByteBuffer.wrap(bytes, 0, length);
      FileChannel open = open(target);
      while (piece.hasRemaining()) {
        open.write(piece, offset + piece.position());
      }
    } catch (IOException e) {
      throw Failures.of(target.path(), e);
    }
  }

  /** Gives a file its size and permissions: what was not written in it is zero. */
  void finish(RestoredFile target) {
    try {
      FileChannel open = open(target);
      long size = open.size();
      if (size > target.size()) {
        open.truncate(target.size());
      } else if (size < target.size()) {
        open.write(ByteBuffer.allocate(1), target.size() - 1);
      }
      Files.setPosixFilePermissions(target.path(), modes.file());
    } catch (IOException e) {
      throw Failures.of(target.path(), e);
    }
  }

  private FileChannel open(RestoredFile target) throws IOException {
    if (channel == null || file != target) {
      close();
      channel =
          FileChannel.open(
              target.path(), OPTIONS, PosixFilePermissions.asFileAttribute(modes.file()));
      file = target;
    }
    return channel;
  }

  @Override
  public void close() {
    FileChannel open = channel;
    RestoredFile of = file;
    channel = null;
    file = null;
    if (open != null && of != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw Failures.of(of.path(), e);
      }
    }
  }
}
