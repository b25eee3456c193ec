package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.s3.S3Features.Integrity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The requests that write, as the settings want them and the store can take them. */
final class S3Requests {

  private final S3Settings settings;

  S3Requests(S3Settings settings) {
    this.settings = settings;
  }

  String bucket() {
    return settings.bucket();
  }

  /** The name in the bucket of a key of the store. */
  String name(String key) {
    return root() + key;
  }

  /** The store's key of a name in the bucket. */
  String key(String name) {
    return name.substring(root().length());
  }

  private String root() {
    return settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
  }

  PutObjectRequest.Builder put(
      String key, ObjectAttributes attributes, PutOptions options, BodyBytes body, Integrity by) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(bucket())
            .key(name(key))
            .metadata(attributes.values())
            .contentLength(body.size())
            .ifNoneMatch(ifNoneMatch(options.condition()))
            .ifMatch(ifMatch(options.condition()))
            .storageClass(storageClass(options));
    settings
        .encryption()
        .ifPresent(
            encryption ->
                put.serverSideEncryption(encryption.kind().header())
                    .ssekmsKeyId(encryption.kmsKeyId().orElse(null)));
    switch (by) {
      case Crc32c -> put.checksumCRC32C(body.crc32c());
      case Md5 -> put.contentMD5(body.md5());
      case Nothing -> {}
    }
    return put;
  }

  CreateMultipartUploadRequest begin(
      String key, ObjectAttributes attributes, PutOptions options, Integrity by) {
    CreateMultipartUploadRequest.Builder begin =
        CreateMultipartUploadRequest.builder()
            .bucket(bucket())
            .key(name(key))
            .metadata(attributes.values())
            .storageClass(storageClass(options));
    settings
        .encryption()
        .ifPresent(
            encryption ->
                begin
                    .serverSideEncryption(encryption.kind().header())
                    .ssekmsKeyId(encryption.kmsKeyId().orElse(null)));
    if (by == Integrity.Crc32c) {
      begin.checksumAlgorithm(ChecksumAlgorithm.CRC32_C);
    }
    return begin.build();
  }

  UploadPartRequest part(String key, String uploadId, int number, BodyBytes body, Integrity by) {
    UploadPartRequest.Builder part =
        UploadPartRequest.builder()
            .bucket(bucket())
            .key(name(key))
            .uploadId(uploadId)
            .partNumber(number)
            .contentLength(body.size());
    switch (by) {
      case Crc32c -> part.checksumCRC32C(body.crc32c());
      case Md5 -> part.contentMD5(body.md5());
      case Nothing -> {}
    }
    return part.build();
  }

  CompletedPart completed(int number, BodyBytes body, Integrity by, UploadPartResponse stored) {
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(stored.eTag())
        .checksumCRC32C(by == Integrity.Crc32c ? body.crc32c() : null)
        .build();
  }

  CompleteMultipartUploadRequest complete(
      String key, String uploadId, List<CompletedPart> parts, PutCondition condition) {
    return CompleteMultipartUploadRequest.builder()
        .bucket(bucket())
        .key(name(key))
        .uploadId(uploadId)
        .multipartUpload(upload -> upload.parts(parts))
        .ifNoneMatch(ifNoneMatch(condition))
        .ifMatch(ifMatch(condition))
        .build();
  }

  private @Nullable String storageClass(PutOptions options) {
    return options.bulk() ? settings.bulkStorageClass().orElse(null) : null;
  }

  private static @Nullable String ifNoneMatch(PutCondition condition) {
    return condition instanceof PutCondition.Absent ? "*" : null;
  }

  private static @Nullable String ifMatch(PutCondition condition) {
    return condition instanceof PutCondition.Matches matches ? '"' + matches.etag() + '"' : null;
  }
}
