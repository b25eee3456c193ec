package dev.pgbackup.contract.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Kinds of encryption by the store, in S3's words. */
public enum SseType {
  @JsonProperty("AES256")
  AES256,
  @JsonProperty("aws:kms")
  KMS,
  @JsonProperty("aws:kms:dsse")
  KMS_DSSE
}
