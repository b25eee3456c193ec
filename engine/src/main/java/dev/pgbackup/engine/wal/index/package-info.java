/**
 * The commit index: small objects beside the WAL that say which transactions ended where, so that a
 * target is found without reading the WAL itself.
 */
@NullMarked
package dev.pgbackup.engine.wal.index;

import org.jspecify.annotations.NullMarked;
