package dev.pgbackup.contract.status;

import java.time.Instant;

/**
 * Something that failed.
 *
 * @param reason a stable name for conditions and alerts, such as {@code BucketUnreachable}
 * @param message what happened and what to do, in sentences
 * @param at when it happened last
 */
public record Failure(String reason, String message, Instant at) {}
