/**
 * The ways to a server's WAL: over ordinary connections, and from the directory of a stopped one.
 */
@NullMarked
package dev.pgbackup.engine.wal.transport;

import org.jspecify.annotations.NullMarked;
