package dev.pgbackup.engine.store.s3;

import java.util.Optional;

/**
 * Encryption that the store does itself.
 *
 * @param kind which one
 * @param kmsKeyId of the key, for {@code KMS} kinds; empty: the account's default key
 */
public record S3Encryption(Kind kind, Optional<String> kmsKeyId) {

  /** As S3 names them: {@code AES256}, {@code aws:kms}, {@code aws:kms:dsse}. */
  public enum Kind {
    SSE_S3("AES256"),
    SSE_KMS("aws:kms"),
    SSE_KMS_DSSE("aws:kms:dsse");

    private final String header;

    Kind(String header) {
      this.header = header;
    }

    String header() {
      return header;
    }
  }
}
