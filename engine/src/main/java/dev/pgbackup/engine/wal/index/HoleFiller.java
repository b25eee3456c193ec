package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.wal.ArchivedWal;
import dev.pgbackup.engine.wal.record.RecordBoundaryConsumer;
import dev.pgbackup.engine.wal.record.WalDecoder;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.record.WalFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the spans that are missing, from the WAL itself, and publishes them where that is of use to
 * the next reader.
 */
final class HoleFiller {

  private static final Logger log = LoggerFactory.getLogger(HoleFiller.class);

  private final IndexObjects objects;
  private final ArchivedWal wal;
  private final WalScan scan;

  HoleFiller(IndexObjects objects, ArchivedWal wal, WalScan scan) {
    this.objects = objects;
    this.wal = wal;
    this.scan = scan;
  }

  /**
   * Reads the WAL of {@code [from, to)} as far as it is archived.
   *
   * @param to empty: up to the end
   * @param more whether the index goes on at {@code to}, so that nobody else will write this part
   */
  List<Section> fill(Timeline timeline, Lsn from, Optional<Lsn> to, Xid nextXid, boolean more) {
    Lsn archived = wal.contiguousEnd(timeline, from);
    if (!archived.isAfter(from)) {
      return List.of();
    }
    Filling filling = new Filling(timeline, from, to, nextXid);
    scan.run(timeline, WalFormat.pageOf(from), archived, nextXid, filling, filling, filling);
    return filling.finish(more);
  }

  private final class Filling implements Consumer<WalEvent>, RecordBoundaryConsumer, WalScan.Steps {

    private final Timeline timeline;
    private final Lsn from;
    private final Optional<Lsn> to;
    private final List<Section> sections = new ArrayList<>();
    private SpanBuilder span;
    private Lsn lastStart;
    private Lsn lastEnd;

    Filling(Timeline timeline, Lsn from, Optional<Lsn> to, Xid nextXid) {
      this.timeline = timeline;
      this.from = from;
      this.to = to;
      this.lastStart = from;
      this.lastEnd = from;
      this.span = new SpanBuilder(timeline, from, nextXid);
    }

    private boolean wants(Lsn start) {
      return !start.isBefore(from) && to.map(start::isBefore).orElse(true);
    }

    @Override
    public void accept(WalEvent event) {
      if (wants(event.start())) {
        span.add(event);
      }
    }

    @Override
    public void record(long start, long end, long previous) {
      Lsn begin = new Lsn(start);
      if (wants(begin)) {
        lastStart = begin;
        lastEnd = new Lsn(end);
      }
    }

    @Override
    public boolean goOn(WalDecoder decoder) {
      boolean reached = to.map(limit -> !decoder.decodedTo().isBefore(limit)).orElse(false);
      Lsn covered = reached ? to.orElseThrow() : lastEnd;
      if (covered.isAfter(span.to())) {
        span.coverTo(covered, lastStart, decoder.nextXid());
      }
      if (span.size() >= CommitIndexer.SPAN_BYTES) {
        sections.add(published(span.build()));
        span = new SpanBuilder(timeline, span.to(), span.nextXidAtTo());
      }
      return !reached;
    }

    List<Section> finish(boolean publish) {
      if (!span.isEmpty()) {
        EncodedSpan rest = span.build();
        sections.add(publish ? published(rest) : Section.of(rest));
      }
      return sections;
    }
  }

  private Section published(EncodedSpan encoded) {
    try {
      objects.put(encoded);
      return Section.of(encoded.span());
    } catch (EngineException e) {
      log.info(
          "the commit index of {} to {} on timeline {} cannot be published: {}",
          encoded.span().from(),
          encoded.span().to(),
          encoded.span().timeline(),
          e.getMessage());
      return Section.of(encoded);
    }
  }
}
