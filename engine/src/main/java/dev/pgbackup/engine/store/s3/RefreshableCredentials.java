package dev.pgbackup.engine.store.s3;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** Credentials that may have been replaced at their source since they were read. */
interface RefreshableCredentials extends AwsCredentialsProvider {

  /**
   * Reads them again from their source; tells whether they are others now than those that were
   * refused.
   */
  boolean differFrom(AwsCredentials refused);
}
