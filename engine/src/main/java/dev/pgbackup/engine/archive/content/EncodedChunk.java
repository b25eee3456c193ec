package dev.pgbackup.engine.archive.content;

import dev.pgbackup.engine.archive.format.Chunk.Encoding;
import java.nio.ByteBuffer;

/**
 * A chunk as it goes into a bundle.
 *
 * @param bytes from position to limit, in a buffer that its codec uses again for the next chunk
 */
public record EncodedChunk(Encoding encoding, ByteBuffer bytes) {}
