package dev.pgbackup.engine.store.decorate;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes were read, after each read. */
final class CountingInputStream extends FilterInputStream {

  private static final int MOST = 64 << 10;

  private final LongConsumer counter;

  CountingInputStream(InputStream in, LongConsumer counter) {
    super(in);
    this.counter = counter;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      counter.accept(1);
    }
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    int read = in.read(buffer, offset, Math.min(count, MOST));
    if (read > 0) {
      counter.accept(read);
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = in.skip(Math.min(count, MOST));
    if (skipped > 0) {
      counter.accept(skipped);
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
