package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.content.ChunkHash;
import dev.pgbackup.engine.archive.format.Chunk;
import java.util.List;
import java.util.Optional;

/**
 * Chunks that the archive has already: those of the previous backup, by the place that they have in
 * it, and those of backups that were cut off, by their hashes. Used by all workers.
 */
final class EarlierChunks {

  private final Bundles bundles;
  private final List<String> previousBundles;
  private final CutOffChunks cutOff;

  /**
   * @param previousBundles to which the chunks of the previous backup refer by position
   */
  EarlierChunks(Bundles bundles, List<String> previousBundles, CutOffChunks cutOff) {
    this.bundles = bundles;
    this.previousBundles = List.copyOf(previousBundles);
    this.cutOff = cutOff;
  }

  /**
   * Where a chunk lies; empty if the archive is not known to have it.
   *
   * @param before what the previous backup has in the place of this chunk
   */
  Optional<Chunk> find(ChunkHash hash, int plainSize, Optional<Chunk> before) {
    if (before.isPresent() && isSame(before.get(), hash, plainSize)) {
      Chunk same = before.get();
      int bundle = bundles.number(previousBundles.get(same.b()));
      return Optional.of(new Chunk(same.n(), same.h(), bundle, same.o(), same.s(), same.e()));
    }
    return cutOff
        .find(hash, plainSize)
        .map(
            found ->
                new Chunk(
                    plainSize,
                    hash.toString(),
                    bundles.number(found.bundle()),
                    found.entry().offset(),
                    found.entry().size(),
                    found.entry().encoding()));
  }

  private static boolean isSame(Chunk chunk, ChunkHash hash, int plainSize) {
    return !chunk.isZero() && chunk.n() == plainSize && chunk.h().equals(hash.toString());
  }
}
