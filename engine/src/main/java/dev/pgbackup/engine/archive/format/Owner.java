package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;

/**
 * {@code owner.json}: who writes. The only object of an archive that is ever replaced.
 *
 * @param epoch grows by one with every writer; a writer that sees a higher one than its own stops
 * @param writer a random id of the writing process
 * @param host where it runs, for people
 * @param database address of the server that it reads, for people
 * @param timeline on which the server was last seen: the default branch of a restore
 * @param timelineSeenAt position of the server when it was first seen on that timeline
 * @param takenAt when this writer took over
 */
public record Owner(
    FormatVersion formatVersion,
    long epoch,
    String writer,
    String host,
    String database,
    Timeline timeline,
    Lsn timelineSeenAt,
    Instant takenAt) {}
