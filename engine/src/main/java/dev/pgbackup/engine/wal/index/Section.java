package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import org.jspecify.annotations.Nullable;

/**
 * A part of a branch that one span covers.
 *
 * @param from what counts of the span begins here
 * @param to and ends here
 * @param unpublished the span itself, if it is no object of the archive
 */
record Section(Lsn from, Lsn to, IndexSpan span, @Nullable EncodedSpan unpublished) {

  static Section of(IndexSpan span) {
    return new Section(span.from(), span.to(), span, null);
  }

  static Section of(EncodedSpan encoded) {
    return new Section(encoded.span().from(), encoded.span().to(), encoded.span(), encoded);
  }

  Section between(Lsn lower, Lsn upper) {
    return new Section(Lsn.max(from, lower), Lsn.min(to, upper), span, unpublished);
  }

  Timeline timeline() {
    return span.timeline();
  }

  boolean contains(Lsn position) {
    return !position.isBefore(from) && position.isBefore(to);
  }
}
