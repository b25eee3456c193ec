package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.Chunk;
import java.util.List;

/**
 * What became of a piece of a file.
 *
 * @param chunks in order, without a hole, from the piece's beginning on
 */
record CopiedPart(FilePart part, State state, List<Chunk> chunks) {

  /** How much of it was there. */
  enum State {
    /** All. */
    Whole,
    /** The file was shorter than it had been when it was listed. */
    CutShort,
    /** The file was no longer there. */
    Gone
  }

  CopiedPart {
    chunks = List.copyOf(chunks);
  }
}
