package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.FileEntry;
import java.util.Optional;

/**
 * A file or folder of the server, as it was when its folder was listed.
 *
 * @param path relative to the data directory
 * @param size bytes; 0 for a folder
 * @param relation of which it is a piece, which tells that it consists of pages; empty: of none
 */
record SourceFile(
    String path, FileEntry.Kind kind, long size, Optional<RelationFileName> relation) {

  static SourceFile folder(String path) {
    return new SourceFile(path, FileEntry.Kind.Directory, 0, Optional.empty());
  }
}
