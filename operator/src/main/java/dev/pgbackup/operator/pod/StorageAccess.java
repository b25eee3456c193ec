package dev.pgbackup.operator.pod;

import dev.pgbackup.contract.config.SseType;
import dev.pgbackup.contract.config.StorageConfig;
import dev.pgbackup.contract.config.StorageConfig.CredentialFiles;
import dev.pgbackup.contract.config.StorageConfig.S3Config;
import dev.pgbackup.contract.config.StorageConfig.SseConfig;
import dev.pgbackup.crds.common.S3Storage;
import dev.pgbackup.crds.common.S3Storage.KeySecret;
import dev.pgbackup.operator.workload.ValueSource.SecretEntry;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a pod gets at a bucket: configuration, files, annotations of its service account. */
public final class StorageAccess {

  private StorageAccess() {}

  /**
   * The agent's configuration of a bucket.
   *
   * @param files gets what it needs
   */
  public static StorageConfig config(S3Storage s3, MountedFiles files) {
    String caFile = s3.caRef() == null ? null : files.add("storage/ca.pem", s3.caRef());
    return new StorageConfig(
        new S3Config(
            s3.bucket(),
            s3.prefix() == null ? "" : s3.prefix(),
            s3.region(),
            s3.endpoint(),
            s3.forcePathStyle(),
            caFile,
            sse(s3.sse()),
            s3.storageClass(),
            credentials(s3.credentials().secretRef(), files)),
        null);
  }

  /** Annotations of a service account through which the cloud knows the pod. */
  public static Map<String, String> accountAnnotations(S3Storage s3) {
    S3Storage.WorkloadIdentity identity = s3.credentials().workloadIdentity();
    return identity == null || identity.serviceAccountAnnotations() == null
        ? Map.of()
        : identity.serviceAccountAnnotations();
  }

  private static @Nullable CredentialFiles credentials(
      @Nullable KeySecret secret, MountedFiles files) {
    return secret == null
        ? null
        : new CredentialFiles(
            files.add(
                "storage/access-key-id", new SecretEntry(secret.name(), secret.accessKeyIdKey())),
            files.add(
                "storage/secret-access-key",
                new SecretEntry(secret.name(), secret.secretAccessKeyKey())),
            null);
  }

  private static @Nullable SseConfig sse(S3Storage.@Nullable Sse sse) {
    if (sse == null) {
      return null;
    }
    SseType type =
        switch (sse.type()) {
          case KMS -> SseType.KMS;
          case KMS_DSSE -> SseType.KMS_DSSE;
          case AES256, Unrecognized -> SseType.AES256;
        };
    return new SseConfig(type, sse.kmsKeyId());
  }
}
