package dev.pgbackup.engine.store.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The body of an answer. Closed before its end, it gives up the connection instead of reading the
 * rest.
 */
final class S3Body extends FilterInputStream {

  private final ResponseInputStream<GetObjectResponse> body;
  private final S3Errors errors;
  private final String key;
  private boolean ended;

  S3Body(ResponseInputStream<GetObjectResponse> body, S3Errors errors, String key) {
    super(body);
    this.body = body;
    this.errors = errors;
    this.key = key;
  }

  @Override
  public int read() throws IOException {
    try {
      int value = body.read();
      ended = value < 0;
      return value;
    } catch (SdkException failure) {
      throw errors.of("reading " + key, failure);
    }
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    try {
      int read = body.read(buffer, offset, count);
      ended = read < 0;
      return read;
    } catch (SdkException failure) {
      throw errors.of("reading " + key, failure);
    }
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] unwanted = new byte[(int) Math.min(count, 8192)];
    return Math.max(0, read(unwanted, 0, unwanted.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      body.close();
    } else {
      body.abort();
    }
  }
}
