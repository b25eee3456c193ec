package dev.pgbackup.engine.restore.base;

import java.nio.file.Path;

/**
 * Something that lies in a directory that is restored into.
 *
 * @param name its path in terms of a backup
 * @param path where it is
 * @param size bytes of a regular file
 */
record FoundFile(String name, Path path, Kind kind, long size) {

  /** What it is. */
  enum Kind {
    FILE,
    FOLDER,
    /** A symbolic link, a socket, a pipe. */
    OTHER
  }
}
