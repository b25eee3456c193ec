/**
 * The values of PostgreSQL's physical world: positions, timelines, segment names, transaction ids.
 * Parsed strictly, immutable, free of I/O.
 */
@NullMarked
package dev.pgbackup.engine.postgres;

import org.jspecify.annotations.NullMarked;
