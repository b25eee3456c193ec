package dev.pgbackup.contract.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code pgbackup archive-wal -o json}, and the termination message where it runs as a job: what of
 * a stopped server's WAL is in the archive now.
 *
 * @param exitCode of the process
 * @param reason absent on success
 * @param message one that a person understands
 * @param systemIdentifier of the server, a decimal number; absent on failure, as all that follows
 * @param timeline that the server was on
 * @param endLsn the position behind its last whole record: everything before it is in the archive
 * @param shutDown whether the server was shut down in order; else it was killed, and would recover
 *     by itself
 */
public record ArchivedWalReport(
    int version,
    boolean succeeded,
    int exitCode,
    @Nullable String reason,
    String message,
    Instant completedAt,
    @Nullable String systemIdentifier,
    @Nullable Integer timeline,
    @Nullable @JsonProperty("endLSN") String endLsn,
    @Nullable Boolean shutDown) {}
