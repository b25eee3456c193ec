package dev.pgbackup.contract.status;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The way of the write-ahead log into the archive.
 *
 * @param transport by which way WAL is read
 * @param transportHint what would allow a better one
 * @param slotStatus as {@code pg_replication_slots.wal_status} says it
 * @param retainedBytes what the slot holds back on the server
 * @param receivedLsn the position behind the last byte that was read
 * @param durableLsn the position behind the last byte that the store has without a hole
 * @param lagBytes from the durable position to the server's
 * @param lastDurableTime when the archive last had everything that the server had
 * @param lastError absent when all is well
 * @param advice what to do about the state, a sentence
 */
public record ArchivingStatus(
    State state,
    @Nullable String transport,
    @Nullable String transportHint,
    @Nullable String slotName,
    @Nullable String slotStatus,
    @Nullable Long retainedBytes,
    @Nullable @JsonProperty("receivedLSN") String receivedLsn,
    @Nullable @JsonProperty("durableLSN") String durableLsn,
    @Nullable Long lagBytes,
    @Nullable Instant lastDurableTime,
    @Nullable Failure lastError,
    @Nullable String advice) {

  /** How archiving is. */
  public enum State {
    /** Not attached to the server yet, or not again. */
    Connecting,
    /** WAL is archived as it is written. */
    Streaming,
    /**
     * WAL is written faster than archived, or the store is slow or away; the slot holds it back.
     */
    Lagging,
    /** The store takes nothing at the moment; the slot holds WAL back. */
    StoreDown,
    /** The slot holds back so much that the server may soon remove it, or run out of space. */
    AtRisk,
    /** The server has removed WAL that was not archived: the window has a gap. */
    SlotLost,
    /** The server's WAL is not the archive's. */
    Divergent,
    /** Somebody else writes the archive. */
    SecondWriter,
    /** Something does not go away by itself: a grant, a setting, a password. */
    Refused,
    /** Ended in order, or prepared for a swap. */
    Stopped,
    /** A state that a newer agent knows. */
    @JsonEnumDefaultValue
    Unknown
  }
}
