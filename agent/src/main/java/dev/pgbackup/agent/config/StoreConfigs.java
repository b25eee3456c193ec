package dev.pgbackup.agent.config;

import dev.pgbackup.contract.config.SseType;
import dev.pgbackup.contract.config.StorageConfig;
import dev.pgbackup.engine.store.connect.StoreSettings;
import dev.pgbackup.engine.store.s3.S3Credentials;
import dev.pgbackup.engine.store.s3.S3Encryption;
import dev.pgbackup.engine.store.s3.S3Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** The store that a configuration names, as the engine's settings. */
public final class StoreConfigs {

  private StoreConfigs() {}

  /** The settings of the store. */
  public static StoreSettings settings(StorageConfig storage) {
    StorageConfig.S3Config s3 = storage.s3();
    if (s3 != null) {
      return new StoreSettings.S3(settings(s3));
    }
    String directory = storage.directory();
    if (directory == null) {
      throw new IllegalStateException("a configuration without a store was accepted");
    }
    return new StoreSettings.Directory(Path.of(directory));
  }

  /**
   * The settings of a bucket.
   *
   * @throws dev.pgbackup.engine.error.EngineException {@code ConfigurationInvalid}, or an {@code
   *     IllegalArgumentException}, if they cannot be used
   */
  static S3Settings settings(StorageConfig.S3Config s3) {
    S3Settings.Builder settings =
        S3Settings.bucket(s3.bucket())
            .prefix(s3.prefix())
            .pathStyle(s3.forcePathStyle())
            .credentials(credentials(s3));
    Optional.ofNullable(s3.region()).ifPresent(settings::region);
    Optional.ofNullable(s3.endpoint()).map(URI::create).ifPresent(settings::endpoint);
    Optional.ofNullable(s3.caFile()).map(Path::of).ifPresent(settings::caFile);
    Optional.ofNullable(s3.storageClass()).ifPresent(settings::bulkStorageClass);
    Optional.ofNullable(s3.sse()).map(StoreConfigs::encryption).ifPresent(settings::encryption);
    return settings.build();
  }

  private static S3Credentials credentials(StorageConfig.S3Config s3) {
    StorageConfig.CredentialFiles files = s3.credentials();
    if (files == null) {
      return new S3Credentials.DefaultChain();
    }
    return new S3Credentials.KeyFiles(
        Path.of(files.accessKeyIdFile()),
        Path.of(files.secretAccessKeyFile()),
        Optional.ofNullable(files.sessionTokenFile()).map(Path::of));
  }

  private static S3Encryption encryption(StorageConfig.SseConfig sse) {
    return new S3Encryption(kind(sse.type()), Optional.ofNullable(sse.kmsKeyId()));
  }

  private static S3Encryption.Kind kind(SseType type) {
    return switch (type) {
      case AES256 -> S3Encryption.Kind.SSE_S3;
      case KMS -> S3Encryption.Kind.SSE_KMS;
      case KMS_DSSE -> S3Encryption.Kind.SSE_KMS_DSSE;
    };
  }
}
