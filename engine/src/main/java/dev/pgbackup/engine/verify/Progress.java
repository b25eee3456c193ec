package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.format.Chunk;

/** Counts what was done and passes it on. */
final class Progress {

  private final VerifyProgress listener;
  private long objects;
  private long chunks;
  private long bytesRead;
  private long bytesExpected;

  Progress(VerifyProgress listener) {
    this.listener = listener;
  }

  void expect(long bytes) {
    bytesExpected += bytes;
  }

  void looked(String key) {
    objects++;
    listener.advanced(key, bytesRead, Math.max(bytesRead, bytesExpected));
  }

  void read(String key, Chunk chunk, boolean intact) {
    chunks += intact ? 1 : 0;
    read(key, chunk.s());
  }

  void read(String key, long bytes) {
    bytesRead += bytes;
    listener.advanced(key, bytesRead, Math.max(bytesRead, bytesExpected));
  }

  long objects() {
    return objects;
  }

  long chunks() {
    return chunks;
  }

  long bytesRead() {
    return bytesRead;
  }
}
