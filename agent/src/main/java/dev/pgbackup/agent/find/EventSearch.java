package dev.pgbackup.agent.find;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.restore.target.BackupPoint;
import dev.pgbackup.engine.restore.window.RecoveryWindow;
import dev.pgbackup.engine.restore.window.RecoveryWindows;
import dev.pgbackup.engine.wal.StoreArchivedWal;
import dev.pgbackup.engine.wal.index.BranchEvent;
import dev.pgbackup.engine.wal.index.CommitIndex;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks for events in the part of a branch that can be restored.
 *
 * <p>The newest ones are kept when there are more than wanted: they are what somebody looks for who
 * wants something back.
 */
public final class EventSearch {

  /**
   * An event that was found.
   *
   * @param match false: a neighbour of a match
   */
  public record Found(BranchEvent event, boolean match) {}

  /**
   * What was found.
   *
   * @param events in WAL order
   * @param complete whether these are all
   */
  public record Result(Timeline timeline, List<Found> events, boolean complete) {}

  private final Archive archive;
  private final Timeline timeline;

  /**
   * @param timeline the branch on which it is looked
   */
  public EventSearch(Archive archive, Timeline timeline) {
    this.archive = archive;
    this.timeline = timeline;
  }

  /**
   * Looks.
   *
   * @param around how many neighbours of each match are wanted on either side
   * @param limit how many matches are wanted
   */
  public Result find(EventQuery query, int around, int limit) {
    Collector collector = new Collector(query, around, limit);
    CommitIndex index = new CommitIndex(archive, new StoreArchivedWal(archive));
    Predicate<IndexSpan> worth = around > 0 ? span -> true : query::mayBeIn;
    for (RecoveryWindow window :
        new RecoveryWindows(archive).of(timeline, archive.catalog().newestFirst().toList())) {
      BackupPoint first = window.first();
      index
          .branch(window.branch(), first.start(), first.nextXidAtStart())
          .visit(worth, collector::visit);
    }
    return collector.result(timeline);
  }

  /** Keeps matches with their neighbours. */
  private static final class Collector {

    private final EventQuery query;
    private final int around;
    private final int limit;
    private final Deque<List<Found>> groups = new ArrayDeque<>();
    private final Deque<Found> before = new ArrayDeque<>();
    private List<Found> open = new ArrayList<>();
    private int wanted;
    private boolean complete = true;

    Collector(EventQuery query, int around, int limit) {
      this.query = query;
      this.around = around;
      this.limit = limit;
    }

    boolean visit(BranchEvent event) {
      if (query.matches(event.event())) {
        open = new ArrayList<>(before);
        before.clear();
        open.add(new Found(event, true));
        groups.add(open);
        wanted = around;
        if (groups.size() > limit) {
          groups.remove();
          complete = false;
        }
      } else if (isNeighbour(event.event())) {
        Found neighbour = new Found(event, false);
        if (wanted > 0) {
          wanted--;
          open.add(neighbour);
        } else if (around > 0) {
          before.add(neighbour);
          if (before.size() > around) {
            before.remove();
          }
        }
      }
      return true;
    }

    private static boolean isNeighbour(WalEvent event) {
      return event instanceof WalEvent.TransactionEnd || event instanceof WalEvent.RestorePoint;
    }

    Result result(Timeline timeline) {
      List<Found> events = new ArrayList<>();
      groups.forEach(events::addAll);
      return new Result(timeline, events, complete);
    }
  }
}
