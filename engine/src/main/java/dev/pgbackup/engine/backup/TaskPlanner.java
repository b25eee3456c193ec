package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts what is copied into tasks: small enough that no worker is left alone with a large one, large
 * enough that statements cost nothing.
 */
final class TaskPlanner implements Consumer<SourceFile> {

  static final long MOST_BYTES = 32L * Chunk.SIZE;
  static final int MOST_PARTS = 512;

  private final Consumer<CopyTask> sink;
  private final Earlier earlier;
  private List<FilePart> parts = new ArrayList<>();
  private long bytes;

  /** What the previous backup has of a file; empty if it does not have it. */
  @FunctionalInterface
  interface Earlier {
    List<Chunk> chunks(SourceFile file);
  }

  TaskPlanner(Earlier earlier, Consumer<CopyTask> sink) {
    this.earlier = earlier;
    this.sink = sink;
  }

  @Override
  public void accept(SourceFile file) {
    List<Chunk> known =
        file.kind() == FileEntry.Kind.File ? earlier.chunks(file) : List.<Chunk>of();
    long from = 0;
    do {
      long to = Math.min(file.size(), from + room());
      add(new FilePart(file, from, to, piece(known, from, to)));
      from = to;
    } while (from < file.size());
  }

  /** Whole chunks that still fit into the task; at least one. */
  private long room() {
    return MOST_BYTES - (bytes + Chunk.SIZE - 1) / Chunk.SIZE * Chunk.SIZE;
  }

  private static List<Chunk> piece(List<Chunk> chunks, long from, long to) {
    int first = (int) Math.min(chunks.size(), from / Chunk.SIZE);
    int end = (int) Math.min(chunks.size(), (to + Chunk.SIZE - 1) / Chunk.SIZE);
    return List.copyOf(chunks.subList(first, end));
  }

  private void add(FilePart part) {
    parts.add(part);
    bytes += part.length();
    if (bytes > MOST_BYTES - Chunk.SIZE || parts.size() == MOST_PARTS) {
      finish();
    }
  }

  /** Hands over what is left. */
  void finish() {
    if (!parts.isEmpty()) {
      sink.accept(new CopyTask(parts));
      parts = new ArrayList<>();
      bytes = 0;
    }
  }
}
