package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code owner.json}: who writes. The only object of an archive that is ever replaced.
 *
 * @param epoch grows by one with every writer; a writer that sees a higher one than its own stops
 * @param writer a random id of the writing process
 * @param host where it runs
 * @param database address of the server that it reads
 * @param slot the slot that it reads; a writer with another slot never takes over unasked
 * @param timeline on which the server was last seen: the default branch of a restore; null before
 * @param timelineSeenAt position of the server when it was first seen on that timeline
 * @param durable everything before it on {@code timeline} is durable without a hole from the last
 *     gap on; a hint that saves listing, always at or below the truth
 * @param takenAt when this writer took over
 * @param renewedAt when this document was last written: a living writer renews it
 * @param released whether the writer ended in order
 */
public record Owner(
    FormatVersion formatVersion,
    long epoch,
    String writer,
    String host,
    String database,
    String slot,
    @Nullable Timeline timeline,
    @Nullable Lsn timelineSeenAt,
    @Nullable Lsn durable,
    Instant takenAt,
    Instant renewedAt,
    boolean released) {

  /** The same writer, seen on a timeline with everything up to a position durable. */
  public Owner at(Timeline seen, Lsn seenAt, Lsn durableUpTo, Instant now) {
    boolean same = seen.equals(timeline) && timelineSeenAt != null;
    return new Owner(
        formatVersion,
        epoch,
        writer,
        host,
        database,
        slot,
        seen,
        same ? timelineSeenAt : seenAt,
        durableUpTo,
        takenAt,
        now,
        released);
  }

  /** The same writer, alive at {@code now}, or ended. */
  public Owner renewed(Instant now, boolean ended) {
    return new Owner(
        formatVersion,
        epoch,
        writer,
        host,
        database,
        slot,
        timeline,
        timelineSeenAt,
        durable,
        takenAt,
        now,
        ended);
  }
}
