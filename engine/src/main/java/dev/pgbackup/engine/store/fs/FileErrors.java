package dev.pgbackup.engine.store.fs;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/** Says what a failure of the file system means and what to do about it. */
final class FileErrors {

  private FileErrors() {}

  static EngineException of(String doing, Path root, IOException failure) {
    String where = doing + " in the archive directory " + root;
    if (failure instanceof ClosedByInterruptException
        || failure instanceof FileLockInterruptionException) {
      Thread.currentThread().interrupt();
      return new EngineException(Reason.Interrupted, where + " was interrupted", failure);
    }
    if (failure instanceof AccessDeniedException || says(failure, "Read-only file system")) {
      return new EngineException(
          Reason.AccessDenied,
          where
              + " was denied ("
              + failure.getMessage()
              + "); make the directory writable for user "
              + System.getProperty("user.name"),
          failure);
    }
    if (says(failure, "No space left on device") || says(failure, "Disk quota exceeded")) {
      return new EngineException(
          Reason.NoSpace,
          where + " failed: no space is left; free some or move the archive",
          failure);
    }
    return new EngineException(
        Reason.HostFailure,
        where + " failed: " + Optional.ofNullable(failure.getMessage()).orElse(failure.toString()),
        failure);
  }

  private static boolean says(IOException failure, String words) {
    return failure instanceof FileSystemException fileSystem
        ? words.equals(fileSystem.getReason())
        : Optional.ofNullable(failure.getMessage()).orElse("").contains(words);
  }
}
