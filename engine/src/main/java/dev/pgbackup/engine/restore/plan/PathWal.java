package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Stretch;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.wal.ArchivedWal;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The archived WAL of a path, file by file.
 *
 * <p>The end of a timeline may never have arrived under its own name: its child's first segment
 * repeats it, and is read instead.
 */
public final class PathWal {

  /** The first byte of a path that the archive does not have. */
  public record Missing(Timeline timeline, Lsn position) {

    /** Says so, and what can be done about it. */
    public EngineException refused() {
      return new EngineException(
          Reason.WalGapInRange,
          "The archive does not have the WAL of timeline "
              + timeline
              + " at "
              + position
              + ", though it has what comes later. Choose a target before that position, or one that a later backup"
              + " leads to. `pgbackup verify` shows what else is missing.");
    }
  }

  private final ArchivedWal wal;
  private final WalPath path;
  private final TimelineHistory branch;

  /**
   * @param branch of which the path is a part: its later timelines may repeat what the path lacks
   */
  public PathWal(ArchivedWal wal, WalPath path, TimelineHistory branch) {
    this.wal = wal;
    this.path = path;
    this.branch = branch;
  }

  /** Looks for a hole by listing, one request for up to a thousand objects. */
  public Optional<Missing> firstMissing() {
    Lsn position = path.from();
    while (position.isBefore(path.to())) {
      Timeline timeline = path.segmentAt(position).timeline();
      Lsn end = endOfFiles(timeline);
      Lsn reached = wal.contiguousEnd(timeline, position, end);
      if (reached.isBefore(end)) {
        WalSegment broken = path.segmentAt(reached);
        Lsn wanted = endOf(broken);
        if (substitute(broken.timeline(), reached, wanted).isEmpty()) {
          return Optional.of(new Missing(broken.timeline(), reached));
        }
        reached = wanted;
      }
      position = reached;
    }
    return Optional.empty();
  }

  /**
   * Hands over what a replay reads of a file of the path: from its start to its end, or to the end
   * of the path.
   *
   * @param sinks asked for another one when everything is handed over again from the beginning
   * @throws EngineException with {@code WalGapInRange} if a byte is not there, with {@code
   *     ArchiveDamaged}; what was handed over before must not be used
   */
  public void read(WalSegment file, Supplier<Consumer<ByteBuffer>> sinks) {
    Lsn to = endOf(file);
    try {
      wal.read(file.timeline(), file.start(), to, sinks.get());
    } catch (EngineException e) {
      if (e.reason() != Reason.WalGapInRange) {
        throw e;
      }
      readPatched(file, to, sinks.get());
    }
  }

  private void readPatched(WalSegment file, Lsn to, Consumer<ByteBuffer> sink) {
    Lsn own = wal.contiguousEnd(file.timeline(), file.start(), to);
    Timeline other =
        substitute(file.timeline(), own, to)
            .orElseThrow(() -> new Missing(file.timeline(), own).refused());
    if (own.isAfter(file.start())) {
      wal.read(file.timeline(), file.start(), own, sink);
    }
    wal.read(other, own, to, sink);
  }

  private Lsn endOf(WalSegment file) {
    return Lsn.min(file.end(), path.to());
  }

  /** Where the last of the files ends that have this timeline in their name. */
  private Lsn endOfFiles(Timeline timeline) {
    return path.history()
        .switchPointOf(timeline)
        .map(left -> Lsn.min(path.size().floor(left), path.to()))
        .orElse(path.to());
  }

  /** A later timeline of the branch that repeats {@code [from, to)} of an earlier one. */
  private Optional<Timeline> substitute(Timeline timeline, Lsn from, Lsn to) {
    Optional<Lsn> left = branch.switchPointOf(timeline);
    if (left.isEmpty() || to.isAfter(left.get())) {
      return Optional.empty();
    }
    return branch.path().stream()
        .map(Stretch::timeline)
        .filter(later -> later.compareTo(timeline) > 0)
        .filter(later -> !wal.contiguousEnd(later, from, to).isBefore(to))
        .findFirst();
  }
}
