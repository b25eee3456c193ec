package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Collects what becomes a span. */
final class SpanBuilder {

  private final Timeline timeline;
  private final Lsn from;
  private final Xid nextXidAtFrom;
  private final EventEncoder entries;
  private final Set<IndexSpan.Content> contents = EnumSet.noneOf(IndexSpan.Content.class);
  private Optional<IndexSpan.Transactions> transactions = Optional.empty();
  private Lsn to;
  private Lsn lastRecordStart;
  private Xid nextXidAtTo;

  SpanBuilder(Timeline timeline, Lsn from, Xid nextXid) {
    this.timeline = timeline;
    this.from = from;
    this.to = from;
    this.lastRecordStart = from;
    this.nextXidAtFrom = nextXid;
    this.nextXidAtTo = nextXid;
    this.entries = new EventEncoder(from);
  }

  /** Goes on where a span that was published earlier ends. */
  static SpanBuilder continuing(SpanContent content) {
    IndexSpan span = content.span();
    SpanBuilder builder = new SpanBuilder(span.timeline(), span.from(), content.nextXidAtFrom());
    content.events().forEach(builder::add);
    builder.coverTo(span.to(), content.lastRecordStart(), content.nextXidAtTo());
    return builder;
  }

  /** Takes the next event, which begins at or behind what is covered. */
  void add(WalEvent event) {
    entries.add(event);
    if (event instanceof WalEvent.TransactionEnd end) {
      transactions =
          Optional.of(
              transactions.map(t -> t.and(end)).orElseGet(() -> IndexSpan.Transactions.of(end)));
      if (end instanceof WalEvent.Commit && !end.droppedFiles().isEmpty()) {
        contents.add(IndexSpan.Content.DROPS);
      }
    } else if (event instanceof WalEvent.DatabaseDrop) {
      contents.add(IndexSpan.Content.DROPS);
    } else if (event instanceof WalEvent.RestorePoint) {
      contents.add(IndexSpan.Content.RESTORE_POINTS);
    } else if (event instanceof WalEvent.ParameterChange) {
      contents.add(IndexSpan.Content.PARAMETER_CHANGES);
    } else if (event instanceof WalEvent.Prepare) {
      contents.add(IndexSpan.Content.PREPARED);
    }
  }

  /**
   * Says that every event up to {@code end}, the end of the record that begins at {@code start},
   * was added.
   */
  void coverTo(Lsn end, Lsn start, Xid nextXid) {
    to = end;
    lastRecordStart = start;
    nextXidAtTo = nextXid;
  }

  Lsn from() {
    return from;
  }

  Lsn to() {
    return to;
  }

  Xid nextXidAtTo() {
    return nextXidAtTo;
  }

  boolean isEmpty() {
    return !from.isBefore(to);
  }

  /** Bytes of the entries before compression. */
  int size() {
    return entries.size();
  }

  EncodedSpan build() {
    IndexSpan span = new IndexSpan(timeline, from, to, transactions, contents);
    return SpanCodec.encode(
        span, nextXidAtFrom, nextXidAtTo, lastRecordStart, entries.toByteArray());
  }
}
