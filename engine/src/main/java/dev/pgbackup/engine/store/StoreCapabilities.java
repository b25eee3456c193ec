package dev.pgbackup.engine.store;

/**
 * What a store can do beyond the least.
 *
 * @param createIfAbsent decides {@link PutCondition.Absent} atomically
 * @param replaceIfMatch decides {@link PutCondition.Matches} atomically
 * @param checksums checks what it receives against a checksum that goes with the request
 */
public record StoreCapabilities(
    boolean createIfAbsent, boolean replaceIfMatch, boolean checksums) {}
