package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.ArchivedWal;
import dev.pgbackup.engine.wal.record.WalFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the commit index of an archive.
 *
 * <p>What the index covers was durable when it was written, so nobody has to list segments to know
 * that WAL is whole. What it does not cover is read from the WAL and, where it will stay a hole
 * otherwise, published.
 */
public final class CommitIndex {

  private final IndexObjects objects;
  private final WalFormat format;
  private final WalScan scan;
  private final HoleFiller filler;
  private final SectionReader reader;

  public CommitIndex(Archive archive, ArchivedWal wal) {
    this.objects = new IndexObjects(archive);
    this.format = new WalFormat(archive.identity().majorVersion(), archive.segmentSize());
    this.scan = new WalScan(wal, format);
    this.filler = new HoleFiller(objects, wal, scan);
    this.reader = new SectionReader(objects, filler);
  }

  /**
   * The way from a position to a timeline's newest end, as far as the archive has it without a
   * hole.
   *
   * @param history of the timeline at the end of the way
   * @param from where it begins, for a backup the start of replay
   * @param nextXid the next transaction id at about {@code from}, with its epoch
   */
  public IndexedBranch branch(TimelineHistory history, Lsn from, Xid nextXid) {
    List<Section> sections = new ArrayList<>();
    Lsn position = from;
    List<TimelineHistory.Stretch> path = history.path();
    for (int i = 0; i < path.size(); i++) {
      TimelineHistory.Stretch stretch = path.get(i);
      Optional<Lsn> end = stretch.to();
      if (end.isPresent() && !position.isBefore(end.get())) {
        continue;
      }
      position = cover(stretch.timeline(), position, end, nextXid, sections);
      for (int child = i + 1; end.isPresent() && child < path.size(); child++) {
        // A new timeline's first segment repeats the end of its parent's, which may never have
        // arrived.
        if (position.isBefore(end.get())) {
          position = cover(path.get(child).timeline(), position, end, nextXid, sections);
        }
      }
      if (end.isPresent() && position.isBefore(end.get())) {
        break;
      }
    }
    return new IndexedBranch(history, from, position, nextXid, sections, reader, scan);
  }

  private Lsn cover(
      Timeline timeline, Lsn from, Optional<Lsn> to, Xid nextXid, List<Section> sections) {
    List<IndexSpan> spans = objects.list(timeline, from);
    Lsn position = from;
    while (to.isEmpty() || position.isBefore(to.get())) {
      Lsn here = position;
      Optional<IndexSpan> best =
          spans.stream()
              .filter(span -> span.contains(here))
              .max(Comparator.comparing(IndexSpan::to));
      List<Section> found = new ArrayList<>();
      if (best.isPresent()) {
        found.add(Section.of(best.get()));
      } else {
        Optional<Lsn> next =
            spans.stream().map(IndexSpan::from).filter(here::isBefore).min(Lsn::compareTo);
        Optional<Lsn> holeEnd =
            next.isPresent() && to.isPresent()
                ? Optional.of(Lsn.min(next.get(), to.get()))
                : next.or(() -> to);
        Supplier<Xid> known =
            () -> sections.isEmpty() ? nextXid : reader.nextXidAfter(last(sections));
        found.addAll(filler.fill(timeline, here, holeEnd, known.get(), next.isPresent()));
      }
      if (found.isEmpty()) {
        return position;
      }
      Lsn limit = to.orElse(last(found).to());
      found.forEach(section -> sections.add(section.between(here, limit)));
      position = last(sections).to();
      boolean stuck =
          best.isEmpty() && spans.stream().noneMatch(s -> s.contains(last(sections).to()));
      if (stuck) {
        return position;
      }
    }
    return position;
  }

  private static Section last(List<Section> sections) {
    return sections.get(sections.size() - 1);
  }
}
