package dev.pgbackup.engine.store;

/**
 * What a store can do beyond the least.
 *
 * @param createIfAbsent decides {@link PutCondition.Absent} atomically
 * @param replaceIfMatch decides {@link PutCondition.Matches} atomically
 * @param checksumTrailers accepts the SDK's checksums in trailers of a request
 */
public record StoreCapabilities(
    boolean createIfAbsent, boolean replaceIfMatch, boolean checksumTrailers) {}
