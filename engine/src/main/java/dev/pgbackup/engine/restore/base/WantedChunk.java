package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.format.Chunk;

/**
 * A chunk that has to be fetched, and where it goes.
 *
 * @param offset in the file
 */
record WantedChunk(Chunk chunk, RestoredFile file, long offset) {}
