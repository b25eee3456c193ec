/**
 * Replay: a PostgreSQL server that is fed archived WAL up to one record and nothing behind it, by
 * files of a folder that both sides see.
 */
@NullMarked
package dev.pgbackup.engine.restore.replay;

import org.jspecify.annotations.NullMarked;
