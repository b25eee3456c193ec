package dev.pgbackup.engine.store.s3;

import java.nio.file.Path;
import java.util.Optional;

/** Where the credentials for a bucket come from. */
public sealed interface S3Credentials {

  /**
   * The AWS SDK's own order: system properties, environment, web identity, profile, container,
   * instance. What it finds it also renews.
   */
  record DefaultChain() implements S3Credentials {}

  /**
   * Keys in files, as a mounted Secret has them; read again when they change.
   *
   * @param accessKeyId file that holds the access key's id
   * @param secretAccessKey file that holds the secret key
   * @param sessionToken file that holds the token of temporary keys
   */
  record KeyFiles(Path accessKeyId, Path secretAccessKey, Optional<Path> sessionToken)
      implements S3Credentials {}
}
