package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.Timelines;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.util.Optional;

/** Archives the history of the timeline that a server is on, and of those that it came from. */
final class HistoryKeeper {

  private final Timelines timelines;
  private final WalTransport transport;

  HistoryKeeper(Archive archive, WalTransport transport) {
    this.timelines = archive.timelines();
    this.transport = transport;
  }

  /**
   * @return the history of {@code timeline}
   * @throws EngineException with {@code DivergentWal} if the archive knows another one, with {@code
   *     TimelineUnreachable} if nobody knows one
   */
  TimelineHistory keep(Timeline timeline) {
    if (timeline.equals(Timeline.FIRST)) {
      return TimelineHistory.root(timeline);
    }
    transport.historyFile(timeline).ifPresent(file -> timelines.putHistory(timeline, file));
    Optional<TimelineHistory> history = timelines.history(timeline);
    if (history.isEmpty()) {
      throw new EngineException(
          Reason.TimelineUnreachable,
          "The server is on timeline "
              + timeline
              + ", but has no "
              + timeline.historyFileName()
              + " in pg_wal, and neither has the archive: where it comes from is unknown."
              + " Put that file back from a copy, or begin a new lineage.");
    }
    for (TimelineHistory.Ancestor ancestor : history.get().ancestors()) {
      Timeline parent = ancestor.timeline();
      if (!parent.equals(Timeline.FIRST) && timelines.historyFile(parent).isEmpty()) {
        transport.historyFile(parent).ifPresent(file -> timelines.putHistory(parent, file));
      }
    }
    return history.get();
  }
}
