package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The WAL that an archive holds, as bytes of a timeline: sealed segments and tails are one to the
 * reader.
 *
 * <p>A byte that is reported here is durable in the store. A timeline's WAL begins at the start of
 * the segment in which it left its parent, whose bytes it repeats up to there.
 */
public interface ArchivedWal {

  /**
   * The position behind the last byte that is there without a hole from {@code from} on; {@code
   * from} itself if that byte is not there.
   */
  Lsn contiguousEnd(Timeline timeline, Lsn from);

  /**
   * The same, but nothing is looked for behind {@code limit}, so that the cost does not depend on
   * how much there is.
   */
  default Lsn contiguousEnd(Timeline timeline, Lsn from, Lsn limit) {
    return Lsn.min(limit, contiguousEnd(timeline, from));
  }

  /**
   * Hands over the bytes {@code [from, to)} in order, in pieces whose buffers are used again
   * afterwards.
   *
   * @throws dev.pgbackup.engine.error.EngineException with {@code WalGapInRange} if a byte is not
   *     there, with {@code ArchiveDamaged} if an object does not hash right
   */
  void read(Timeline timeline, Lsn from, Lsn to, Consumer<ByteBuffer> sink);

  /**
   * The ancestry of a timeline; empty if the archive does not know it. Timeline 1 is its own root.
   */
  Optional<TimelineHistory> history(Timeline timeline);
}
