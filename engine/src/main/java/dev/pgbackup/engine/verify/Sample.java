package dev.pgbackup.engine.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Chooses a part of things by their names: the same for the same seed, another for another one. */
final class Sample {

  private final double part;
  private final long seed;

  Sample(double part, long seed) {
    this.part = part;
    this.seed = seed;
  }

  boolean has(String key, long offset) {
    if (part >= 1) {
      return true;
    }
    CRC32C hash = new CRC32C();
    hash.update(ByteBuffer.allocate(16).putLong(seed).putLong(offset).array());
    hash.update(key.getBytes(StandardCharsets.UTF_8));
    return hash.getValue() < part * (1L << 32);
  }
}
