package dev.pgbackup.engine.store.s3;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * What the SDK's default chain finds; searched anew when the store refuses what was found before.
 */
final class ChainCredentials implements RefreshableCredentials, AutoCloseable {

  private DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build();

  @Override
  public AwsCredentials resolveCredentials() {
    return chain().resolveCredentials();
  }

  @Override
  public synchronized boolean differFrom(AwsCredentials refused) {
    if (!chain.resolveCredentials().equals(refused)) {
      return true;
    }
    DefaultCredentialsProvider found = DefaultCredentialsProvider.builder().build();
    if (isUseless(found, refused)) {
      found.close();
      return false;
    }
    chain.close();
    chain = found;
    return true;
  }

  private static boolean isUseless(DefaultCredentialsProvider found, AwsCredentials refused) {
    try {
      return found.resolveCredentials().equals(refused);
    } catch (SdkClientException none) {
      return true;
    }
  }

  @Override
  public synchronized void close() {
    chain.close();
  }

  private synchronized DefaultCredentialsProvider chain() {
    return chain;
  }
}
