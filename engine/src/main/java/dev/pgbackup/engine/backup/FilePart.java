package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.Chunk;
import java.util.List;

/**
 * A piece of a file that is read in one go.
 *
 * @param from a multiple of {@link Chunk#SIZE}
 * @param to the position behind the last byte; {@code from}, if there is nothing to read
 * @param earlier the chunks of the same piece in the previous backup, as far as it has them, with
 *     bundles numbered as there
 */
record FilePart(SourceFile file, long from, long to, List<Chunk> earlier) {

  boolean isFirst() {
    return from == 0;
  }

  boolean isLast() {
    return to == file.size();
  }

  long length() {
    return to - from;
  }
}
