package dev.pgbackup.engine.archive.content;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Temporary files whose names are deleted at once, so that nothing is left of them however this
 * process ends.
 */
final class NamelessFile {

  private NamelessFile() {}

  static FileChannel in(Path folder) throws IOException {
    Path path = Files.createTempFile(folder, "pgbackup-", ".tmp");
    try {
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  static EngineException failed(String doing, IOException cause) {
    return new EngineException(
        Reason.HostFailure,
        doing + ": " + cause.getMessage() + ". Make room there, or set TMPDIR to another folder.",
        cause);
  }
}
