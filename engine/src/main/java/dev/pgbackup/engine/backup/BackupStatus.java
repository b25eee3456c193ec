package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.BackupId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a backup is.
 *
 * @param bytesDone plain bytes that were read
 * @param bytesTotal plain bytes to be read, as counted before it began; the server goes on changing
 * @param newBytes of {@code bytesDone}, those that the archive did not have
 * @param storedBytes of the bundles that were published
 * @param corruptPages pages with a wrong checksum
 * @param bytesPerSecond over the last seconds
 * @param remaining until all is read, at that rate; empty while it is unknown
 */
public record BackupStatus(
    BackupId backupId,
    BackupPhase phase,
    Instant startedAt,
    long bytesDone,
    long bytesTotal,
    long filesDone,
    long filesTotal,
    long newBytes,
    long storedBytes,
    long corruptPages,
    long bytesPerSecond,
    Optional<Duration> remaining) {}
