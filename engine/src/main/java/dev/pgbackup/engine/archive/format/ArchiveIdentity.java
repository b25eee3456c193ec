package dev.pgbackup.engine.archive.format;

import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import java.time.Instant;

/**
 * {@code archive.json}: whose archive this is. Written once, never changed.
 *
 * @param formatVersion see {@link FormatVersion}
 * @param majorVersion of PostgreSQL
 */
public record ArchiveIdentity(
    FormatVersion formatVersion,
    ArchiveId archiveId,
    SystemIdentifier systemIdentifier,
    int majorVersion,
    WalSegmentSize walSegmentSize,
    Instant createdAt) {}
