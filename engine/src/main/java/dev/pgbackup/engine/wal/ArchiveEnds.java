package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.format.Gap;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far an archive's timelines go without a hole from their last gap on, found with few requests.
 */
final class ArchiveEnds {

  private final Archive archive;
  private final StoreArchivedWal wal;
  private final @Nullable Owner owner;

  ArchiveEnds(Archive archive) {
    this.archive = archive;
    this.wal = new StoreArchivedWal(archive);
    this.owner = Ownership.read(archive).orElse(null);
  }

  /** Behind the last byte; empty if the archive has none of that timeline. */
  Optional<Lsn> of(Timeline timeline) {
    return wal.beforeNewest(timeline).map(somewhere -> of(timeline, somewhere));
  }

  /**
   * @param near a position not far from the end, in front of what a crash may have left open
   */
  private Lsn begin(Timeline timeline, Lsn near) {
    List<Gap> gaps = archive.gaps().of(timeline);
    Lsn lastGap = gaps.isEmpty() ? Lsn.ZERO : gaps.get(gaps.size() - 1).to();
    if (owner != null && timeline.equals(owner.timeline()) && owner.durable() != null) {
      return Lsn.max(owner.durable(), lastGap);
    }
    return Lsn.max(near, lastGap);
  }

  /** What the owner noted may be so old that retention has deleted what was there. */
  private Lsn of(Timeline timeline, Lsn somewhere) {
    Lsn begin = begin(timeline, somewhere);
    Lsn end = wal.contiguousEnd(timeline, begin);
    return end.equals(begin) && somewhere.isAfter(begin)
        ? wal.contiguousEnd(timeline, somewhere)
        : end;
  }
}
