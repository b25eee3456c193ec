package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** What goes wrong with the directory that is restored into. */
final class Failures {

  private Failures() {}

  static EngineException of(Path path, IOException cause) {
    String text = cause instanceof FileSystemException failed ? reason(failed) : cause.getMessage();
    String said = text == null ? cause.getClass().getSimpleName() : text;
    if (said.toLowerCase(Locale.ROOT).contains("no space left")) {
      return new EngineException(
          Reason.NoSpace,
          "The file system of "
              + path
              + " is full. Make room or take a larger one, then run the restore again: it goes on.",
          cause);
    }
    return new EngineException(
        Reason.HostFailure,
        path + " cannot be written: " + said + ". Check the file system and its permissions.",
        cause);
  }

  private static String reason(FileSystemException failed) {
    if (failed instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failed.getReason() == null ? failed.getClass().getSimpleName() : failed.getReason();
  }
}
