package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.content.FileListWriter;
import dev.pgbackup.engine.archive.format.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Removes what lies in a directory and does not belong there, or not as what it is. The backup's
 * files are named in order, so both sides are read once, side by side.
 */
final class StaleFiles {

  private final Iterator<FoundFile> walk;
  private final Placement placement;
  private final Deque<Path> folders = new ArrayDeque<>();
  private @Nullable FoundFile found;

  StaleFiles(Iterator<FoundFile> walk, Placement placement) {
    this.walk = walk;
    this.placement = placement;
    advance();
  }

  private void advance() {
    found = walk.hasNext() ? walk.next() : null;
  }

  /** The next file or folder of the backup. */
  void belongs(FileEntry entry) {
    FoundFile here = found;
    while (here != null && FileListWriter.compare(here.name(), entry.path()) < 0) {
      remove(here);
      advance();
      here = found;
    }
    if (here != null && here.name().equals(entry.path())) {
      boolean same =
          switch (entry.kind()) {
            case File -> here.kind() == FoundFile.Kind.FILE;
            case Directory -> here.kind() == FoundFile.Kind.FOLDER || placement.isLink(here.name());
          };
      if (!same) {
        remove(here);
      }
      advance();
    }
  }

  /** There is no further file in the backup. */
  void finish() {
    for (FoundFile here = found; here != null; here = found) {
      remove(here);
      advance();
    }
    while (!folders.isEmpty()) {
      delete(folders.pop());
    }
  }

  /** A folder goes when everything in it has gone. */
  private void remove(FoundFile stale) {
    if (stale.kind() == FoundFile.Kind.FOLDER) {
      folders.push(stale.path());
    } else {
      delete(stale.path());
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw Failures.of(path, e);
    }
  }
}
