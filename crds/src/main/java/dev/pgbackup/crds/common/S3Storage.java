package dev.pgbackup.crds.common;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonValue;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A bucket behind the S3 API, and how to get at it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record S3Storage(
    @JsonPropertyDescription("Name of the bucket. It must exist.")
        @Required
        @Size(min = 2, max = 255)
        @ValidationRule(
            value = "self.matches('^[a-zA-Z0-9][a-zA-Z0-9._-]+$')",
            message = "must be the name of a bucket, without s3:// and without a folder")
        String bucket,
    @JsonPropertyDescription(
            "Folder within the bucket that holds the archives, without slashes at its ends."
                + " Databases may share it: each has a folder of its own in there."
                + " Default: the bucket's root.")
        @Nullable
        @Size(min = 1, max = 256)
        @ValidationRule(
            value = "self.matches('^[A-Za-z0-9!_.*()-]+(/[A-Za-z0-9!_.*()-]+)*$')",
            message =
                "must be a path of letters, digits and !_.*()- without a slash at its begin or end,"
                    + " such as team/db1")
        String prefix,
    @JsonPropertyDescription(
            "Region, for signatures. Default: what the environment says, or us-east-1 with an"
                + " endpoint.")
        @Nullable
        @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.matches('^[a-zA-Z0-9-]+$')",
            message = "must be the name of a region, such as eu-west-1")
        String region,
    @JsonPropertyDescription("URL of the store. Default: AWS.")
        @Nullable
        @Size(min = 1, max = 1024)
        @ValidationRule(
            value = "self.matches('^https?://[^/@?#]+/?$')",
            message =
                "must be a URL without path and without credentials, such as"
                    + " https://s3.example.com:9000")
        String endpoint,
    @JsonPropertyDescription(
            "Whether the bucket stands in the URL's path instead of the host's name; most stores"
                + " other than AWS want it.")
        @Default("false")
        boolean forcePathStyle,
    @JsonPropertyDescription(
            "Certificates to trust for this store. Default: the public authorities.")
        @Nullable CertificateRef caRef,
    @JsonPropertyDescription("Encryption that the store does. Default: what the bucket says.")
        @Nullable Sse sse,
    @JsonPropertyDescription(
            "Storage class of the bundles of base backups, as S3 names it, such as STANDARD_IA; all"
                + " else is small or soon gone, and always in the standard class."
                + " Default: the standard class.")
        @Nullable
        @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.matches('^[A-Z0-9_]+$')",
            message = "must be a storage class as S3 names it, such as STANDARD_IA")
        String storageClass,
    @JsonPropertyDescription("Who the store is told we are. Exactly one of its fields.") @Required
        Credentials credentials) {

  /** Where the keys come from. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "[has(self.secretRef), has(self.workloadIdentity)].exists_one(x, x)",
      message = "exactly one of secretRef and workloadIdentity must be given")
  public record Credentials(
      @JsonPropertyDescription("Static keys in a Secret.") @Nullable KeySecret secretRef,
      @JsonPropertyDescription(
              "The identity that the cloud gives to the pod's service account (EKS, or any store"
                  + " that knows web identities); {} if the service account needs no annotation.")
          @Nullable WorkloadIdentity workloadIdentity) {}

  /** A Secret with static keys. The agent's pod mounts it; the operator never reads it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record KeySecret(
      @JsonPropertyDescription("Name of the Secret.")
          @Required
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
          String name,
      @JsonPropertyDescription("Its entry with the id of the access key.")
          @Default(KeySecret.ACCESS_KEY_ID)
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.KEY, message = Rules.KEY_MESSAGE)
          String accessKeyIdKey,
      @JsonPropertyDescription("Its entry with the secret access key.")
          @Default(KeySecret.SECRET_ACCESS_KEY)
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.KEY, message = Rules.KEY_MESSAGE)
          String secretAccessKeyKey) {

    static final String ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID";
    static final String SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY";

    public KeySecret {
      accessKeyIdKey = requireNonNullElse(accessKeyIdKey, ACCESS_KEY_ID);
      secretAccessKeyKey = requireNonNullElse(secretAccessKeyKey, SECRET_ACCESS_KEY);
    }
  }

  /** Keys that the cloud hands to the pod by itself. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record WorkloadIdentity(
      @JsonPropertyDescription(
              "Annotations of the service account that the pods get, such as"
                  + " eks.amazonaws.com/role-arn. Default: none.")
          @Nullable Map<String, String> serviceAccountAnnotations) {}

  /** Encryption that the store does. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "!has(self.kmsKeyId) || self.type.startsWith('aws:kms')",
      message = "kmsKeyId needs type aws:kms or aws:kms:dsse",
      fieldPath = ".kmsKeyId")
  public record Sse(
      @JsonPropertyDescription("Kind of encryption, as S3 names it.") @Required SseType type,
      @JsonPropertyDescription(
              "Id or ARN of the key, for the aws:kms kinds. Default: the account's own key.")
          @Nullable
          @Size(min = 1, max = 2048)
          String kmsKeyId) {}

  /** Kinds of encryption by the store, in S3's words. */
  public enum SseType {
    AES256("AES256"),
    KMS("aws:kms"),
    KMS_DSSE("aws:kms:dsse"),
    @JsonIgnore
    Unrecognized("Unrecognized");

    private final String word;

    SseType(String word) {
      this.word = word;
    }

    @JsonCreator
    static SseType of(String text) {
      return Words.read(values(), text, Unrecognized);
    }

    @JsonValue
    @Override
    public String toString() {
      return word;
    }
  }
}
