package dev.pgbackup.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Workload} wrote down about one of its transactions.
 *
 * @param xid with its epoch
 * @param subtransactions xids of those that were released, if the whole was not undone
 * @param undoneSubtransactions xids of those that were rolled back
 * @param outcome how it ended
 * @param prepared where the WAL ended after it was prepared; empty if it was not
 * @param name its name as a prepared transaction; empty if it is none
 * @param lsnBefore where the WAL ended before its commit or abort record
 * @param lsnAfter where the WAL ended after that record, and nothing of the workload ended between
 * @param time of its commit as the server has it; empty unless it tracks commit timestamps
 * @param changes by key: the new checksum, or empty if deleted
 */
public record RecordedTransaction(
    long xid,
    List<Long> subtransactions,
    List<Long> undoneSubtransactions,
    Outcome outcome,
    Optional<Long> prepared,
    Optional<String> name,
    long lsnBefore,
    long lsnAfter,
    Optional<Instant> time,
    Map<String, Optional<String>> changes) {

  /** How a transaction ended. */
  public enum Outcome {
    COMMITTED,
    ABORTED,
    /** The connection broke while it was committed; the server may have done it or not. */
    UNKNOWN
  }

  public RecordedTransaction {
    subtransactions = List.copyOf(subtransactions);
    undoneSubtransactions = List.copyOf(undoneSubtransactions);
    changes = Map.copyOf(changes);
  }

  public boolean isCommitted() {
    return outcome == Outcome.COMMITTED;
  }

  RecordedTransaction with(Outcome known) {
    return new RecordedTransaction(
        xid,
        subtransactions,
        undoneSubtransactions,
        known,
        prepared,
        name,
        lsnBefore,
        lsnAfter,
        time,
        changes);
  }
}
