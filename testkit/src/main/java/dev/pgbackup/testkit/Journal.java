package dev.pgbackup.testkit;

import dev.pgbackup.testkit.RecordedTransaction.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The transactions of a {@link Workload} in the order in which their commit and abort records are
 * in the WAL, and what the database holds after each of them: the oracle of a restore.
 *
 * <p>Contents are checksums by key, as {@link Workload#contents} reads them from a database.
 */
public final class Journal {

  private final List<RecordedTransaction> ended = new ArrayList<>();
  private final List<RecordedTransaction> open = new ArrayList<>();

  Journal() {}

  /** All that ended, in the order of the WAL. */
  public synchronized List<RecordedTransaction> transactions() {
    return List.copyOf(ended);
  }

  /** Those that are prepared and not ended. */
  public synchronized List<RecordedTransaction> prepared() {
    return List.copyOf(open);
  }

  /** The one that ended last of those that match. */
  public RecordedTransaction last(Predicate<RecordedTransaction> wanted) {
    List<RecordedTransaction> all = transactions();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (wanted.test(all.get(i))) {
        return all.get(i);
      }
    }
    throw new NoSuchElementException("the workload made no such transaction");
  }

  /** What the database holds after a transaction, and before the next one. */
  public SortedMap<String, String> contentsThrough(RecordedTransaction last) {
    return contents(indexOf(last) + 1);
  }

  /** What the database holds before a transaction, and after the one before. */
  public SortedMap<String, String> contentsBefore(RecordedTransaction next) {
    return contents(indexOf(next));
  }

  /** What the database holds after all of them. */
  public SortedMap<String, String> contents() {
    return contents(transactions().size());
  }

  /**
   * What a recovery to a time leaves: all before the first transaction that ended later, or at that
   * time already if it is not inclusive.
   *
   * @throws IllegalStateException if the server does not track commit timestamps
   */
  public SortedMap<String, String> contentsAt(Instant target, boolean inclusive) {
    List<RecordedTransaction> all = transactions();
    for (int i = 0; i < all.size(); i++) {
      RecordedTransaction transaction = all.get(i);
      if (transaction.isCommitted()) {
        Instant time =
            transaction
                .time()
                .orElseThrow(
                    () -> new IllegalStateException("set track_commit_timestamp for this server"));
        if (time.isAfter(target) || (!inclusive && time.equals(target))) {
          return contents(i);
        }
      }
    }
    return contents(all.size());
  }

  /**
   * What all records leave that begin before a place in the WAL: a recovery to it that is not
   * inclusive.
   *
   * @throws IllegalArgumentException if a transaction ends about there, so that it cannot be told;
   *     {@link RecordedTransaction#lsnAfter} of each can
   */
  public SortedMap<String, String> contentsAt(long lsn) {
    List<RecordedTransaction> all = transactions();
    int count = 0;
    while (count < all.size() && all.get(count).lsnAfter() <= lsn) {
      count++;
    }
    if (count < all.size() && all.get(count).lsnBefore() < lsn) {
      throw new IllegalArgumentException(
          "at " + lsn + " it is not known whether " + all.get(count) + " has ended");
    }
    return contents(count);
  }

  /**
   * A copy that ends with that transaction, as the history of a database that was restored to it.
   */
  public synchronized Journal through(RecordedTransaction last) {
    Journal copy = new Journal();
    int count = indexOf(last) + 1;
    copy.ended.addAll(ended.subList(0, count));
    ended.stream().skip(count).filter(later -> wasPrepared(later, last)).forEach(copy.open::add);
    open.stream().filter(later -> wasPrepared(later, last)).forEach(copy.open::add);
    return copy;
  }

  private static boolean wasPrepared(RecordedTransaction later, RecordedTransaction last) {
    return later.prepared().filter(at -> at <= last.lsnAfter()).isPresent();
  }

  /**
   * Asks a server that has recovered about what was ended or prepared when the connection broke.
   */
  public synchronized void resolve(Connection connection) throws SQLException {
    for (RecordedTransaction transaction : List.copyOf(ended)) {
      if (transaction.outcome() == Outcome.UNKNOWN) {
        Outcome known = outcome(connection, transaction.xid());
        ended.remove(transaction);
        if (known != Outcome.UNKNOWN) {
          ended.add(transaction.with(known));
        }
      }
    }
    for (RecordedTransaction transaction : List.copyOf(open)) {
      if (outcome(connection, transaction.xid()) != Outcome.UNKNOWN) {
        open.remove(transaction);
      }
    }
  }

  /**
   * How a transaction ended. The server refuses to tell of an xid that it has not given out, and it
   * has not when the crash came before any WAL of it was written: such a transaction never was.
   */
  private static Outcome outcome(Connection connection, long xid) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT CASE WHEN asked < pg_snapshot_xmax(pg_current_snapshot())"
                + " THEN pg_xact_status(asked) ELSE 'aborted' END"
                + " FROM (SELECT ?::text::xid8 AS asked) AS question")) {
      query.setLong(1, xid);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return switch (row.getString(1)) {
          case "committed" -> Outcome.COMMITTED;
          case "aborted" -> Outcome.ABORTED;
          default -> Outcome.UNKNOWN;
        };
      }
    }
  }

  synchronized void addEnded(RecordedTransaction transaction) {
    ended.add(transaction);
  }

  synchronized void addPrepared(RecordedTransaction transaction) {
    open.add(transaction);
  }

  synchronized void removePrepared(RecordedTransaction transaction) {
    open.remove(transaction);
  }

  private synchronized int indexOf(RecordedTransaction transaction) {
    for (int i = 0; i < ended.size(); i++) {
      if (ended.get(i).xid() == transaction.xid()) {
        return i;
      }
    }
    throw new NoSuchElementException(transaction + " has not ended");
  }

  private synchronized SortedMap<String, String> contents(int count) {
    SortedMap<String, String> contents = new TreeMap<>();
    for (RecordedTransaction transaction : ended.subList(0, count)) {
      if (transaction.outcome() == Outcome.UNKNOWN) {
        throw new IllegalStateException("it is not known whether " + transaction + " is there");
      }
      if (transaction.isCommitted()) {
        apply(contents, transaction);
      }
    }
    return contents;
  }

  private static void apply(SortedMap<String, String> contents, RecordedTransaction transaction) {
    transaction
        .changes()
        .forEach(
            (key, checksum) ->
                checksum.ifPresentOrElse(
                    value -> contents.put(key, value), () -> contents.remove(key)));
  }
}
