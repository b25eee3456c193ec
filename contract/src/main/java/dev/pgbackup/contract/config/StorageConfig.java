package dev.pgbackup.contract.config;

import org.jspecify.annotations.Nullable;

/** Where the archive is: exactly one of the two. */
public record StorageConfig(
    @Setting("A bucket behind the S3 API.") @Nullable S3Config s3,
    @Setting("A directory on a mounted disk.") @Nullable String directory) {

  /** A bucket and how to talk to it. */
  public record S3Config(
      @Setting("Name of the bucket.") String bucket,
      @Setting(
              value =
                  "Folder within the bucket, without slashes at its ends; empty: the bucket's root.",
              byDefault = "\"\"")
          String prefix,
      @Setting(
              "Region for signatures. Without it what the environment says, or `us-east-1` with an `endpoint`.")
          @Nullable String region,
      @Setting("URL of a store other than AWS, such as `https://s3.example.com:9000`.")
          @Nullable String endpoint,
      @Setting(
              value = "Whether the bucket goes into the path instead of the host's name.",
              byDefault = "false")
          boolean forcePathStyle,
      @Setting("File of PEM certificates to trust instead of the JDK's.") @Nullable String caFile,
      @Setting("Encryption that the store does; without it the bucket's default.")
          @Nullable SseConfig sse,
      @Setting(
              "Storage class of base backups' bundles, as S3 names it; all else is always in the standard one.")
          @Nullable String storageClass,
      @Setting(
              "Files that hold the keys; read again when they change. Without it the AWS SDK's default chain: environment, web identity, profile, container, instance.")
          @Nullable CredentialFiles credentials) {}

  /** Encryption by the store. */
  public record SseConfig(
      @Setting("`AES256`, `aws:kms` or `aws:kms:dsse`.") SseType type,
      @Setting("Id of the key, for the `aws:kms` kinds; without it the account's default key.")
          @Nullable String kmsKeyId) {}

  /** Files of a mounted Secret. */
  public record CredentialFiles(
      @Setting("File that holds the access key's id.") String accessKeyIdFile,
      @Setting("File that holds the secret key.") String secretAccessKeyFile,
      @Setting("File that holds the token of temporary keys.") @Nullable String sessionTokenFile) {}
}
