/**
 * WAL on its way from a server's slot to the archive, and back from the archive to a replaying
 * server.
 */
@NullMarked
package dev.pgbackup.engine.wal;

import org.jspecify.annotations.NullMarked;
