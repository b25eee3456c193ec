package dev.pgbackup.agent.find;

import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.index.IndexSpan;
import dev.pgbackup.engine.wal.index.IndexSpan.Content;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is looked for. */
public sealed interface EventQuery {

  /** Whether a span may hold it. */
  boolean mayBeIn(IndexSpan span);

  /** Whether this is it. */
  boolean matches(WalEvent event);

  /**
   * The end of a transaction, or of the one that it was a part of.
   *
   * @param hasEpoch false: only the lower 32 bits are compared
   */
  record Transaction(Xid xid, boolean hasEpoch) implements EventQuery {

    @Override
    public boolean mayBeIn(IndexSpan span) {
      return span.contents().contains(Content.PREPARED)
          || span.transactions().map(this::mayBeAmong).orElse(false);
    }

    private boolean mayBeAmong(IndexSpan.Transactions transactions) {
      return !hasEpoch || transactions.mayHold(xid);
    }

    @Override
    public boolean matches(WalEvent event) {
      if (event instanceof WalEvent.TransactionEnd end) {
        return isOneOf(end.xid(), end.subtransactions());
      }
      return event instanceof WalEvent.Prepare prepare
          && isOneOf(prepare.xid(), prepare.subtransactions());
    }

    private boolean isOneOf(Xid top, List<Xid> subtransactions) {
      return Stream.concat(Stream.of(top), subtransactions.stream())
          .anyMatch(id -> hasEpoch ? id.equals(xid) : id.low() == xid.low());
    }
  }

  /** Commits that deleted files of relations: dropped, truncated or rewritten ones. */
  record DroppedRelations() implements EventQuery {

    @Override
    public boolean mayBeIn(IndexSpan span) {
      return span.contents().contains(Content.DROPS);
    }

    @Override
    public boolean matches(WalEvent event) {
      return event instanceof WalEvent.Commit commit && !commit.droppedFiles().isEmpty();
    }
  }

  /** Databases that were dropped. */
  record DroppedDatabases() implements EventQuery {

    @Override
    public boolean mayBeIn(IndexSpan span) {
      return span.contents().contains(Content.DROPS);
    }

    @Override
    public boolean matches(WalEvent event) {
      return event instanceof WalEvent.DatabaseDrop;
    }
  }

  /**
   * Restore points.
   *
   * @param name empty: all
   */
  record RestorePoints(Optional<String> name) implements EventQuery {

    @Override
    public boolean mayBeIn(IndexSpan span) {
      return span.contents().contains(Content.RESTORE_POINTS);
    }

    @Override
    public boolean matches(WalEvent event) {
      return event instanceof WalEvent.RestorePoint point
          && name.map(point.name()::equals).orElse(true);
    }
  }

  /** Transactions that ended in an interval, its borders included. */
  record Between(Instant from, Instant to) implements EventQuery {

    @Override
    public boolean mayBeIn(IndexSpan span) {
      return span.transactions()
          .map(known -> !known.lastTime().isBefore(from) && !known.firstTime().isAfter(to))
          .orElse(false);
    }

    @Override
    public boolean matches(WalEvent event) {
      return event instanceof WalEvent.TransactionEnd end
          && !end.time().isBefore(from)
          && !end.time().isAfter(to);
    }
  }
}
