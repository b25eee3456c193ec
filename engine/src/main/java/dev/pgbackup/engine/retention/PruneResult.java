package dev.pgbackup.engine.retention;

/**
 * What was deleted.
 *
 * @param backups manifests
 * @param bundles and lists of files of deleted and of cut-off backups
 * @param walObjects segments, tails and pieces of the commit index
 * @param bytes stored bytes of bundles, lists, WAL and index
 * @param abortedUploads unfinished uploads
 */
public record PruneResult(
    int backups, int bundles, long walObjects, long bytes, int abortedUploads) {}
