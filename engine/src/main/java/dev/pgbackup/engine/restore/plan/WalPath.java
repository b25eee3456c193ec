package dev.pgbackup.engine.restore.plan;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Ancestor;
import dev.pgbackup.engine.postgres.TimelineHistory.Stretch;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of the WAL that a replay reads, in PostgreSQL's own choice: where two timelines have
 * the same segment, the newer one's.
 *
 * @param history of the timeline on which the replay ends
 * @param from the position at which it begins
 * @param to the position behind the last record that is replayed
 * @param size of the segments
 */
public record WalPath(TimelineHistory history, Lsn from, Lsn to, WalSegmentSize size) {

  public WalPath {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException("nothing to replay between " + from + " and " + to);
    }
  }

  /** The timeline that PostgreSQL is told to recover along. */
  public Timeline timeline() {
    return history.timeline();
  }

  /** The timelines that are passed, in order, cut to what is replayed. */
  public List<Stretch> stretches() {
    List<Stretch> passed = new ArrayList<>();
    for (Stretch stretch : history.path()) {
      Lsn begin = Lsn.max(from, stretch.from());
      Lsn end = stretch.to().map(left -> Lsn.min(left, to)).orElse(to);
      if (begin.isBefore(end)) {
        passed.add(new Stretch(stretch.timeline(), begin, Optional.of(end)));
      }
    }
    return passed;
  }

  public WalSegment first() {
    return segmentAt(from);
  }

  public WalSegment last() {
    return segmentAt(to.plus(-1));
  }

  /** How many segments are read. */
  public long count() {
    return last().start().minus(first().start()) / size.bytes() + 1;
  }

  /** Bytes of WAL that are replayed. */
  public long bytes() {
    return to.minus(from);
  }

  /** The file from which the byte at {@code position} is read. */
  public WalSegment segmentAt(Lsn position) {
    Lsn start = size.floor(position);
    Timeline newest = history.path().get(0).timeline();
    for (Stretch stretch : history.path()) {
      if (!size.floor(stretch.from()).isAfter(start)) {
        newest = stretch.timeline();
      }
    }
    return new WalSegment(newest, start, size);
  }

  /** The segment behind that one on the path; empty behind the last one. */
  public Optional<WalSegment> next(WalSegment segment) {
    return segment.end().isBefore(to) ? Optional.of(segmentAt(segment.end())) : Optional.empty();
  }

  /** Whether a replay reads this file. */
  public boolean contains(WalSegment segment) {
    return segment.start().isBefore(to)
        && segment.end().isAfter(from)
        && segmentAt(segment.start()).equals(segment);
  }

  /** Whether the timeline is passed, so that its history is asked for. */
  public boolean passes(Timeline timeline) {
    return timeline.equals(history.timeline())
        || history.ancestors().stream().map(Ancestor::timeline).anyMatch(timeline::equals);
  }
}
