package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Xid;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.wal.record.WalEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads sections, whatever became of their objects meanwhile. Keeps the last one it read. */
final class SectionReader {

  private static final Logger log = LoggerFactory.getLogger(SectionReader.class);

  private final IndexObjects objects;
  private final HoleFiller filler;
  private @Nullable IndexSpan lastSpan;
  private @Nullable SpanContent lastContent;

  SectionReader(IndexObjects objects, HoleFiller filler) {
    this.objects = objects;
    this.filler = filler;
  }

  /** The events that begin in a section, in WAL order. */
  List<WalEvent> events(Section section) {
    return content(section).events().stream()
        .filter(event -> section.contains(event.start()))
        .toList();
  }

  /** The next transaction id where the section's span ends. */
  Xid nextXidAfter(Section section) {
    return content(section).nextXidAtTo();
  }

  private SpanContent content(Section section) {
    if (lastContent != null && section.span().equals(lastSpan)) {
      return lastContent;
    }
    EncodedSpan unpublished = section.unpublished();
    SpanContent content =
        unpublished != null
            ? SpanCodec.decode(unpublished, "the commit index in memory")
            : stored(section.span());
    lastSpan = section.span();
    lastContent = content;
    return content;
  }

  private SpanContent stored(IndexSpan span) {
    IndexSpan wanted = span;
    Optional<IndexSpan> bigger = Optional.of(span);
    while (bigger.isPresent()) {
      try {
        return objects.read(bigger.get());
      } catch (ObjectNotFoundException e) {
        IndexSpan gone = bigger.get();
        bigger =
            objects.list(wanted.timeline(), wanted.from()).stream()
                .filter(other -> !other.equals(gone) && covers(other, wanted))
                .max(Comparator.comparing(IndexSpan::to));
      } catch (EngineException e) {
        if (e.reason() != Reason.ArchiveDamaged) {
          throw e;
        }
        log.warn("{}", e.getMessage());
        bigger = Optional.empty();
      }
    }
    return decoded(wanted);
  }

  private static boolean covers(IndexSpan other, IndexSpan wanted) {
    return !other.from().isAfter(wanted.from()) && !other.to().isBefore(wanted.to());
  }

  private SpanContent decoded(IndexSpan span) {
    Xid anyXid =
        span.transactions().map(IndexSpan.Transactions::firstXid).orElse(new Xid(Xid.FIRST_NORMAL));
    List<SpanContent> parts = new ArrayList<>();
    for (Section part :
        filler.fill(span.timeline(), span.from(), Optional.of(span.to()), anyXid, false)) {
      parts.add(content(part));
    }
    Lsn reached = parts.isEmpty() ? span.from() : parts.get(parts.size() - 1).span().to();
    if (reached.isBefore(span.to())) {
      throw new EngineException(
          Reason.WalGapInRange,
          "The archive no longer has the WAL of timeline "
              + span.timeline()
              + " from "
              + reached
              + " to "
              + span.to()
              + ", and its commit index is damaged. Choose a target before it.");
    }
    return new SpanContent(
        span,
        parts.get(0).nextXidAtFrom(),
        parts.get(parts.size() - 1).nextXidAtTo(),
        parts.get(parts.size() - 1).lastRecordStart(),
        parts.stream().flatMap(part -> part.events().stream()).toList());
  }
}
