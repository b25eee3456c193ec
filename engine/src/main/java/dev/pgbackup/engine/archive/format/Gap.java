package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import java.time.Instant;

/**
 * {@code gaps/<timeline>/<from>-<to>}: WAL that the archive does not have and will not get.
 *
 * @param from the first missing position
 * @param to the position behind the last missing one
 * @param cause in words
 */
public record Gap(
    FormatVersion formatVersion,
    Timeline timeline,
    Lsn from,
    Lsn to,
    String cause,
    Instant detectedAt) {}
