package dev.pgbackup.engine.wal.index;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Numbers in as few bytes as they need: seven bits each, the lowest first; signed ones in zigzag
 * order.
 */
final class Varints {

  private Varints() {}

  static void writeUnsigned(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  static void writeSigned(ByteArrayOutputStream out, long value) {
    writeUnsigned(out, (value << 1) ^ (value >> 63));
  }

  static long readUnsigned(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }

  static long readSigned(ByteBuffer in) {
    long value = readUnsigned(in);
    return (value >>> 1) ^ -(value & 1);
  }
}
