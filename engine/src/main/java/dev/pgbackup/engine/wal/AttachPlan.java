package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.TimelineHistory.Stretch;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.wal.transport.WalTip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What has to be archived of a server's WAL, in order, so that the archive has it without a hole up
 * to where the server is.
 *
 * @param legs one per timeline, oldest first; the last one is the server's own
 */
record AttachPlan(List<Leg> legs) {

  /**
   * WAL of one timeline.
   *
   * @param start of a segment: the first position to be read
   * @param known up to here the archive has the bytes already, from {@code start} on; they are
   *     compared
   * @param knownOn the timeline on which the archive has them: this one when a timeline is
   *     continued, its parent when it begins
   * @param end where the server left the timeline; empty while it is on it
   */
  record Leg(Timeline timeline, Lsn start, Lsn known, Timeline knownOn, Optional<Lsn> end) {

    boolean continues() {
      return timeline.equals(knownOn) && known.isAfter(start);
    }
  }

  AttachPlan {
    legs = List.copyOf(legs);
  }

  /**
   * @param history of the timeline that the server is on
   * @param ends how far the archive has a timeline without a hole; empty where it has nothing
   * @param keptFrom from where on the server keeps WAL: where a new archive begins
   * @throws dev.pgbackup.engine.error.EngineException with {@code DivergentWal} if the archive is
   *     ahead of the server
   */
  static AttachPlan of(
      TimelineHistory history,
      Function<Timeline, Optional<Lsn>> ends,
      WalTip tip,
      Lsn keptFrom,
      WalSegmentSize size) {
    List<Stretch> path = history.path();
    int newest = path.size() - 1;
    Optional<Lsn> archived = ends.apply(path.get(newest).timeline());
    while (archived.isEmpty() && newest > 0) {
      newest--;
      archived = ends.apply(path.get(newest).timeline());
    }
    List<Leg> legs = new ArrayList<>();
    if (archived.isEmpty()) {
      Lsn start = size.floor(keptFrom);
      Stretch first =
          path.stream().filter(stretch -> stretch.contains(keptFrom)).findFirst().orElseThrow();
      legs.add(new Leg(first.timeline(), start, start, first.timeline(), first.to()));
      newest = path.indexOf(first);
    } else {
      Stretch stretch = path.get(newest);
      Lsn durable = archived.get();
      if (stretch.to().isEmpty() && tip.end().isBefore(durable)) {
        throw Divergence.at(
            tip.end(), "the archive has this timeline up to " + durable + " already");
      }
      if (stretch.to().map(durable::isBefore).orElse(true)) {
        Lsn start = size.floor(durable.plus(-1));
        legs.add(new Leg(stretch.timeline(), start, durable, stretch.timeline(), stretch.to()));
      }
    }
    for (Stretch stretch : path.subList(newest + 1, path.size())) {
      Lsn start = size.floor(stretch.from());
      Timeline parent = path.get(path.indexOf(stretch) - 1).timeline();
      legs.add(new Leg(stretch.timeline(), start, stretch.from(), parent, stretch.to()));
    }
    return new AttachPlan(legs);
  }
}
