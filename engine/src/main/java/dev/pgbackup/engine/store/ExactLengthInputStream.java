package dev.pgbackup.engine.store;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream of exactly the promised length: what comes after is not read, an early end is an error.
 */
public final class ExactLengthInputStream extends FilterInputStream {

  private final String what;
  private final long length;
  private long remaining;

  /**
   * @param what names the content in the error
   * @param length bytes that must come
   */
  public ExactLengthInputStream(InputStream in, String what, long length) {
    super(in);
    this.what = what;
    this.length = length;
    this.remaining = length;
  }

  @Override
  public int read() throws IOException {
    if (remaining == 0) {
      return -1;
    }
    int value = in.read();
    count(value < 0 ? -1 : 1);
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    if (remaining == 0) {
      return count == 0 ? 0 : -1;
    }
    int read = in.read(buffer, offset, (int) Math.min(count, remaining));
    count(read);
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = in.skip(Math.min(count, remaining));
    remaining -= skipped;
    return skipped;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(in.available(), remaining);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(int read) throws EOFException {
    if (read < 0) {
      throw new EOFException(
          what + " ended after " + (length - remaining) + " of " + length + " bytes");
    }
    remaining -= read;
  }
}
