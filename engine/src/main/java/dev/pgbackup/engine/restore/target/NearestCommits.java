package dev.pgbackup.engine.restore.target;

import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.index.IndexedBranch;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commits whose ids are nearest to one.
 *
 * @param below the highest that is lower
 * @param above the lowest that is higher
 */
record NearestCommits(Optional<WalEvent.Commit> below, Optional<WalEvent.Commit> above) {

  static NearestCommits of(Xid xid, List<IndexedBranch> branches) {
    Search search = new Search(xid);
    for (IndexedBranch branch : branches) {
      List<IndexSpan> nearestFirst =
          branch.spans().stream()
              .filter(span -> span.transactions().isPresent())
              .sorted(Comparator.comparing(span -> distance(xid, span.transactions().get())))
              .toList();
      for (IndexSpan span : nearestFirst) {
        if (search.mayImprove(span)) {
          branch.visit(
              span::equals,
              event -> {
                search.look(event.event());
                return true;
              });
        }
      }
    }
    return new NearestCommits(Optional.ofNullable(search.below), Optional.ofNullable(search.above));
  }

  private static long distance(Xid xid, IndexSpan.Transactions transactions) {
    if (transactions.mayHold(xid)) {
      return 0;
    }
    return Math.min(
        Math.abs(transactions.firstXid().value() - xid.value()),
        Math.abs(transactions.lastXid().value() - xid.value()));
  }

  private static final class Search {
    private final Xid xid;
    private WalEvent.@Nullable Commit below;
    private WalEvent.@Nullable Commit above;

    Search(Xid xid) {
      this.xid = xid;
    }

    boolean mayImprove(IndexSpan span) {
      if (span.transactions().isEmpty()) {
        return false;
      }
      Xid first = span.transactions().get().firstXid();
      Xid last = span.transactions().get().lastXid();
      boolean lower =
          first.compareTo(xid) < 0 && (below == null || last.compareTo(below.xid()) > 0);
      boolean higher =
          last.compareTo(xid) > 0 && (above == null || first.compareTo(above.xid()) < 0);
      return lower || higher;
    }

    void look(WalEvent event) {
      if (!(event instanceof WalEvent.Commit commit)) {
        return;
      }
      int order = commit.xid().compareTo(xid);
      if (order < 0 && (below == null || commit.xid().compareTo(below.xid()) > 0)) {
        below = commit;
      } else if (order > 0 && (above == null || commit.xid().compareTo(above.xid()) < 0)) {
        above = commit;
      }
    }
  }
}
