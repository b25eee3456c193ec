package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.StoreCapabilities;

/**
 * What a store was found to do.
 *
 * @param createIfAbsent keeps {@code If-None-Match: *} when it puts an object
 * @param replaceIfMatch keeps {@code If-Match} when it puts an object
 * @param uploadConditions keeps them as well when a multipart upload is completed
 * @param puts what an object that is put in one request is checked by
 * @param parts what the parts of a multipart upload are checked by
 */
record S3Features(
    boolean createIfAbsent,
    boolean replaceIfMatch,
    boolean uploadConditions,
    Integrity puts,
    Integrity parts) {

  /** What a store checks received bytes by. */
  enum Integrity {
    Crc32c,
    Md5,
    Nothing
  }

  boolean decidesOnPut(PutCondition condition) {
    return condition instanceof PutCondition.Absent
        ? createIfAbsent
        : !(condition instanceof PutCondition.Matches) || replaceIfMatch;
  }

  boolean decidesOnUpload(PutCondition condition) {
    return condition instanceof PutCondition.Always
        || (uploadConditions && decidesOnPut(condition));
  }

  StoreCapabilities capabilities() {
    return new StoreCapabilities(createIfAbsent, replaceIfMatch, puts != Integrity.Nothing);
  }
}
