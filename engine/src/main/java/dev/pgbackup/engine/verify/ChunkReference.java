package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;

/**
 * A chunk as a list of files refers to it.
 *
 * @param bundle key of the bundle that holds it, relative to the archive's folder
 * @param file of which it is a part
 */
record ChunkReference(String bundle, Chunk chunk, FileEntry file) {}
