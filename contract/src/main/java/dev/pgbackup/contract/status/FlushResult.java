package dev.pgbackup.contract.status;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer to {@code POST /flush}: everything that the server had written when it was asked is
 * durable.
 *
 * @param durableLsn the position behind the last durable byte
 */
public record FlushResult(
    int version, int timeline, @JsonProperty("durableLSN") String durableLsn) {}
