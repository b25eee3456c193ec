package dev.pgbackup.engine.restore.base;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chunks that lie close to each other in a bundle, so that one request fetches them.
 *
 * @param bundle position in the manifest's list of bundles
 * @param chunks in ascending order of their offsets
 */
record ChunkRun(int bundle, List<WantedChunk> chunks) {

  /** A gap up to this size is read over. */
  private static final long GAP = 256 << 10;

  /** Stored bytes of a run at most, so that the work is spread over all workers. */
  private static final long LONGEST = 16 << 20;

  /** Puts chunks in any order together. */
  static List<ChunkRun> of(List<WantedChunk> chunks) {
    Map<Integer, List<WantedChunk>> byBundle = new TreeMap<>();
    for (WantedChunk chunk : chunks) {
      byBundle.computeIfAbsent(chunk.chunk().b(), bundle -> new ArrayList<>()).add(chunk);
    }
    List<ChunkRun> runs = new ArrayList<>();
    byBundle.forEach((bundle, wanted) -> split(bundle, wanted, runs));
    return runs;
  }

  private static void split(int bundle, List<WantedChunk> chunks, List<ChunkRun> runs) {
    chunks.sort(Comparator.comparingLong(wanted -> wanted.chunk().o()));
    int from = 0;
    long end = 0;
    for (int i = 0; i < chunks.size(); i++) {
      long begin = chunks.get(i).chunk().o();
      boolean apart = begin > end + GAP;
      boolean tooLong = begin - chunks.get(from).chunk().o() >= LONGEST;
      if (i > from && (apart || tooLong)) {
        runs.add(new ChunkRun(bundle, List.copyOf(chunks.subList(from, i))));
        from = i;
      }
      end = Math.max(end, begin + chunks.get(i).chunk().s());
    }
    runs.add(new ChunkRun(bundle, List.copyOf(chunks.subList(from, chunks.size()))));
  }

  /** Bytes as they are stored. */
  long storedBytes() {
    return chunks.stream().mapToLong(wanted -> wanted.chunk().s()).sum();
  }
}
