package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.PostgresTime;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stretch of WAL that the commit index covers: it knows every record that begins in {@code [from,
 * to)}.
 *
 * <p>All of this stands in the object's key, so that a listing tells which objects are worth
 * reading.
 *
 * @param to the end of the last record
 * @param transactions absent if none ended here
 * @param contents what else is in it
 */
public record IndexSpan(
    Timeline timeline,
    Lsn from,
    Lsn to,
    Optional<Transactions> transactions,
    Set<Content> contents) {

  /**
   * The transactions that ended in a span.
   *
   * @param firstXid the lowest id, of subtransactions too
   * @param lastXid the highest
   * @param firstTime the earliest
   * @param lastTime the latest
   */
  public record Transactions(Xid firstXid, Xid lastXid, Instant firstTime, Instant lastTime) {

    public boolean mayHold(Xid xid) {
      return xid.compareTo(firstXid) >= 0 && xid.compareTo(lastXid) <= 0;
    }

    Transactions and(WalEvent.TransactionEnd end) {
      Xid first = end.xid();
      Xid last = end.xid();
      for (Xid sub : end.subtransactions()) {
        first = sub.compareTo(first) < 0 ? sub : first;
        last = sub.compareTo(last) > 0 ? sub : last;
      }
      return new Transactions(
          first.compareTo(firstXid) < 0 ? first : firstXid,
          last.compareTo(lastXid) > 0 ? last : lastXid,
          end.time().isBefore(firstTime) ? end.time() : firstTime,
          end.time().isAfter(lastTime) ? end.time() : lastTime);
    }

    static Transactions of(WalEvent.TransactionEnd end) {
      return new Transactions(end.xid(), end.xid(), end.time(), end.time()).and(end);
    }
  }

  /** What a span may hold besides transactions' ends; the order is part of the format. */
  public enum Content {
    RESTORE_POINTS,
    DROPS,
    PARAMETER_CHANGES,
    PREPARED;

    int bit() {
      return 1 << ordinal();
    }
  }

  private static final Pattern NAME =
      Pattern.compile(
          "([0-9A-F]{16})-([0-9A-F]{16})\\.([0-9A-F]{2})"
              + "(?:\\.([0-9A-F]{16})-([0-9A-F]{16})\\.([0-9A-F]{16})-([0-9A-F]{16}))?");

  public IndexSpan {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException("an empty span: " + from + " to " + to);
    }
    contents = Set.copyOf(contents);
  }

  public boolean contains(Lsn position) {
    return !position.isBefore(from) && position.isBefore(to);
  }

  /** The key of the object. */
  public String key(ArchiveLayout layout) {
    StringBuilder key = new StringBuilder(layout.index(timeline, from, to));
    key.append(String.format(".%02X", contents.stream().mapToInt(Content::bit).sum()));
    transactions.ifPresent(
        t ->
            key.append(
                String.format(
                    ".%016X-%016X.%016X-%016X",
                    t.firstXid().value(),
                    t.lastXid().value(),
                    PostgresTime.toMicros(t.firstTime()),
                    PostgresTime.toMicros(t.lastTime()))));
    return key.toString();
  }

  /** Reads a key below {@code index/<timeline>/}; empty for what is no span. */
  public static Optional<IndexSpan> parse(String key, Timeline timeline) {
    Matcher matcher = NAME.matcher(key.substring(key.lastIndexOf('/') + 1));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Lsn from = Lsn.parseSortable(matcher.group(1));
    Lsn to = Lsn.parseSortable(matcher.group(2));
    if (!from.isBefore(to)) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(matcher.group(3), 16);
    Set<Content> contents = EnumSet.noneOf(Content.class);
    for (Content content : Content.values()) {
      if ((bits & content.bit()) != 0) {
        contents.add(content);
      }
    }
    Optional<Transactions> transactions =
        Optional.ofNullable(matcher.group(4))
            .map(
                first ->
                    new Transactions(
                        new Xid(hex(first)),
                        new Xid(hex(matcher.group(5))),
                        PostgresTime.toInstant(hex(matcher.group(6))),
                        PostgresTime.toInstant(hex(matcher.group(7)))));
    return Optional.of(new IndexSpan(timeline, from, to, transactions, contents));
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }
}
