package dev.pgbackup.engine.wal.index;

/**
 * A span as it is stored.
 *
 * @param plain before compression
 */
record EncodedSpan(IndexSpan span, byte[] plain) {}
