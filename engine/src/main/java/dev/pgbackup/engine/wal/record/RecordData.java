package dev.pgbackup.engine.wal.record;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Finds the main data in what follows a record's header. Before it stand the headers of block
 * references, of the replication origin and of the top-level transaction, then the blocks' own
 * data; it comes last (xlogrecord.h).
 */
final class RecordData {

  private static final int MAX_BLOCK_ID = 32;
  private static final int BLOCK_ID_TOPLEVEL_XID = 252;
  private static final int BLOCK_ID_ORIGIN = 253;
  private static final int BLOCK_ID_DATA_LONG = 254;
  private static final int BLOCK_ID_DATA_SHORT = 255;

  private static final int FORK_HAS_IMAGE = 0x10;
  private static final int FORK_SAME_RELATION = 0x80;
  private static final int RELATION_FILE_BYTES = 12;

  private static final int IMAGE_HAS_HOLE = 0x01;

  private RecordData() {}

  /**
   * The main data, empty if there is none.
   *
   * @param body the record without its header, little endian
   * @throws BufferUnderflowException if the lengths in it do not add up
   */
  static ByteBuffer main(WalFormat format, ByteBuffer body) {
    int dataLength = 0;
    long before = 0;
    boolean headersEnd = false;
    while (!headersEnd && body.remaining() > before) {
      int id = body.get() & 0xFF;
      switch (id) {
        case BLOCK_ID_DATA_SHORT -> {
          dataLength = body.get() & 0xFF;
          headersEnd = true;
        }
        case BLOCK_ID_DATA_LONG -> {
          dataLength = body.getInt();
          headersEnd = true;
        }
        case BLOCK_ID_ORIGIN -> body.getShort();
        case BLOCK_ID_TOPLEVEL_XID -> body.getInt();
        default -> {
          if (id > MAX_BLOCK_ID) {
            throw new BufferUnderflowException();
          }
          before += skipBlockHeader(format, body);
        }
      }
    }
    if (dataLength < 0 || before + dataLength != body.remaining()) {
      throw new BufferUnderflowException();
    }
    body.position(body.position() + (int) before);
    return body.slice().order(body.order());
  }

  /** Returns how many bytes of data belong to the block. */
  private static int skipBlockHeader(WalFormat format, ByteBuffer body) {
    int forkFlags = body.get();
    int length = body.getShort() & 0xFFFF;
    if ((forkFlags & FORK_HAS_IMAGE) != 0) {
      length += body.getShort() & 0xFFFF;
      body.getShort();
      int image = body.get();
      if ((image & IMAGE_HAS_HOLE) != 0 && (image & compressionFlags(format)) != 0) {
        body.getShort();
      }
    }
    int relation = (forkFlags & FORK_SAME_RELATION) != 0 ? 0 : RELATION_FILE_BYTES;
    body.position(Math.addExact(body.position(), relation));
    body.getInt();
    return length;
  }

  private static int compressionFlags(WalFormat format) {
    return format.major() < 15 ? 0x02 : 0x04 | 0x08 | 0x10;
  }
}
