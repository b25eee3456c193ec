package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.record.RecordLocation;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The events on a way through the log that has no hole, from one position to the end of what is
 * archived. Objects of the index are read when they are needed, and only those that may hold what
 * is looked for.
 */
public final class IndexedBranch {

  private final TimelineHistory history;
  private final Lsn from;
  private final Lsn end;
  private final Xid nextXidAtFrom;
  private final List<Section> sections;
  private final SectionReader reader;
  private final WalScan scan;

  IndexedBranch(
      TimelineHistory history,
      Lsn from,
      Lsn end,
      Xid nextXidAtFrom,
      List<Section> sections,
      SectionReader reader,
      WalScan scan) {
    this.history = history;
    this.from = from;
    this.end = end;
    this.nextXidAtFrom = nextXidAtFrom;
    this.sections = List.copyOf(sections);
    this.reader = reader;
    this.scan = scan;
  }

  public TimelineHistory history() {
    return history;
  }

  public Lsn from() {
    return from;
  }

  /**
   * The position behind the last record that can be reached from {@link #from()} without a hole.
   */
  public Lsn end() {
    return end;
  }

  public Xid nextXidAtFrom() {
    return nextXidAtFrom;
  }

  /** The next transaction id at {@link #end()}, as far as records have shown. */
  public Xid nextXidAtEnd() {
    return sections.isEmpty()
        ? nextXidAtFrom
        : reader.nextXidAfter(sections.get(sections.size() - 1));
  }

  /**
   * The first event that is wanted, in WAL order.
   *
   * @param worth whether a span may hold one
   */
  public Optional<BranchEvent> first(Predicate<IndexSpan> worth, Predicate<WalEvent> wanted) {
    BranchEvent[] found = new BranchEvent[1];
    visit(
        worth,
        event -> {
          if (wanted.test(event.event())) {
            found[0] = event;
          }
          return found[0] == null;
        });
    return Optional.ofNullable(found[0]);
  }

  /** The last event that is wanted and begins before {@code limit}. */
  public Optional<BranchEvent> last(
      Predicate<IndexSpan> worth, Predicate<WalEvent> wanted, Lsn limit) {
    for (int i = sections.size() - 1; i >= 0; i--) {
      Section section = sections.get(i);
      if (!section.from().isBefore(limit) || !worth.test(section.span())) {
        continue;
      }
      List<WalEvent> events = reader.events(section);
      for (int k = events.size() - 1; k >= 0; k--) {
        WalEvent event = events.get(k);
        if (event.start().isBefore(limit) && wanted.test(event)) {
          return Optional.of(new BranchEvent(section.timeline(), event));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Shows events in WAL order.
   *
   * @param worth whether a span may hold something of interest
   * @param visitor returns whether to go on
   */
  public void visit(Predicate<IndexSpan> worth, Predicate<BranchEvent> visitor) {
    for (Section section : sections) {
      if (worth.test(section.span())) {
        for (WalEvent event : reader.events(section)) {
          if (!visitor.test(new BranchEvent(section.timeline(), event))) {
            return;
          }
        }
      }
    }
  }

  /** What is known of the spans without reading them, in WAL order. */
  public List<IndexSpan> spans() {
    return sections.stream().map(Section::span).toList();
  }

  /** Where the record before that one ends, page headers in between not counted. */
  public Lsn endOfRecordBefore(RecordLocation record) {
    return scan.format().endOfRecordBefore(record.start());
  }

  /** The first record that begins at {@code position} or behind it. */
  public Optional<BranchRecord> firstRecordFrom(Lsn position) {
    Lsn lower = Lsn.max(position, from);
    for (int i = 0; i < sections.size(); i++) {
      Section section = sections.get(i);
      if (section.to().isAfter(lower)) {
        Lsn to = endOfRun(i);
        Optional<RecordLocation> record =
            scan.first(section.timeline(), Lsn.max(lower, section.from()), to);
        if (record.isPresent()) {
          return Optional.of(new BranchRecord(section.timeline(), record.get()));
        }
        lower = to;
      }
    }
    return Optional.empty();
  }

  /** The last record that ends at {@code position} or before. */
  public Optional<BranchRecord> lastRecordUpTo(Lsn position) {
    for (int i = sections.size() - 1; i >= 0; i--) {
      Section section = sections.get(i);
      if (section.from().isBefore(position)) {
        Optional<RecordLocation> record =
            scan.last(section.timeline(), section.from(), Lsn.min(position, section.to()));
        if (record.isPresent() && !record.get().start().isBefore(section.from())) {
          return Optional.of(new BranchRecord(section.timeline(), record.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** The timeline on which the byte at {@code position} lies. */
  public Timeline timelineAt(Lsn position) {
    return sections.stream()
        .filter(section -> section.contains(position))
        .findFirst()
        .map(Section::timeline)
        .orElseGet(() -> history.timelineAt(position));
  }

  private Lsn endOfRun(int first) {
    int i = first;
    while (i + 1 < sections.size()
        && sections.get(i + 1).timeline().equals(sections.get(first).timeline())) {
      i++;
    }
    return sections.get(i).to();
  }
}
