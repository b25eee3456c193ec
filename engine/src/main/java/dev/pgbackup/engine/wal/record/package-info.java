/**
 * The decoder of WAL: pages and records as bytes on one side, what matters for recovery targets on
 * the other. Knows PostgreSQL's formats from 13 to 18; no I/O.
 */
@NullMarked
package dev.pgbackup.engine.wal.record;

import org.jspecify.annotations.NullMarked;
