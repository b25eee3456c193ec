package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Makes requests: with credentials that are read again when the store refuses them, and failures as
 * ours.
 */
final class S3Calls implements AutoCloseable {

  private final S3Client client;
  private final RefreshableCredentials credentials;
  private final S3Errors errors;

  S3Calls(S3Client client, RefreshableCredentials credentials, S3Errors errors) {
    this.client = client;
    this.credentials = credentials;
    this.errors = errors;
  }

  S3Errors errors() {
    return errors;
  }

  /**
   * Makes a request whose answer is of interest even if it is a refusal.
   *
   * @throws SdkException as the SDK reports it
   */
  <T> T raw(Function<S3Client, T> request) {
    AwsCredentials used = once(client -> credentials.resolveCredentials());
    try {
      return once(request);
    } catch (SdkException refused) {
      if (errors.isStaleCredentials(refused) && credentials.differFrom(used)) {
        return once(request);
      }
      throw refused;
    }
  }

  /**
   * Makes a request.
   *
   * @param doing what it is for, as the beginning of a sentence
   * @throws EngineException if it fails
   */
  <T> T of(String doing, Function<S3Client, T> request) {
    try {
      return raw(request);
    } catch (SdkException failure) {
      throw errors.of(doing, failure);
    }
  }

  /** Runs what tidies up, also in a thread that is interrupted, and leaves it interrupted. */
  static void tidyUp(Runnable work) {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T once(Function<S3Client, T> request) {
    try {
      return request.apply(client);
    } catch (SdkException failure) {
      if (failure.getCause() instanceof EngineException cause) {
        throw cause;
      }
      throw failure;
    } catch (UncheckedIOException brokenAnswer) {
      throw SdkClientException.create("the answer broke off", brokenAnswer);
    }
  }

  @Override
  public void close() {
    client.close();
    if (credentials instanceof AutoCloseable closeable) {
      closeQuietly(closeable);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception failure) {
      throw new IllegalStateException("credentials do not close", failure);
    }
  }
}
