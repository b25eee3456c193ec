package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.backup.CopiedPart.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts pieces of files together, which come in the order of the list of files.
 *
 * <p>A file that was found shorter than it had been ends where it did, even if a later piece was
 * there again: what was cut off meanwhile comes back by the WAL, as does what was written to it
 * afterwards.
 */
final class FileAssembler {

  private List<Chunk> chunks = new ArrayList<>();
  private boolean ended;
  private boolean gone;

  /** Takes the next piece; gives the file with its last one, if it was there. */
  Optional<FileEntry> add(CopiedPart copied) {
    FilePart part = copied.part();
    if (part.isFirst()) {
      chunks = new ArrayList<>();
      ended = false;
      gone = copied.state() == State.Gone;
    }
    if (!ended) {
      chunks.addAll(copied.chunks());
      ended = copied.state() != State.Whole;
    }
    if (!part.isLast() || gone) {
      return Optional.empty();
    }
    long size = chunks.stream().mapToLong(Chunk::n).sum();
    return Optional.of(new FileEntry(part.file().path(), part.file().kind(), size, chunks));
  }
}
