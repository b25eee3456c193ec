package dev.pgbackup.engine.store;

import java.time.Instant;

/**
 * An object as the store sees it.
 *
 * @param key relative to the store's root
 * @param size bytes
 * @param etag opaque; names this version of the object for {@link PutCondition.Matches}
 * @param lastModified by the store's clock
 * @param attributes as given at its creation; empty in listings
 */
public record ObjectInfo(
    String key, long size, String etag, Instant lastModified, ObjectAttributes attributes) {}
