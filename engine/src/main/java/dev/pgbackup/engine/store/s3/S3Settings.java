package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a bucket is and how to talk to it.
 *
 * @param bucket its name
 * @param prefix folder within it that is the store's root, without slashes at its ends; may be
 *     empty
 * @param region for signatures; empty: what the environment says, or {@code us-east-1} with an
 *     endpoint of one's own
 * @param endpoint for stores other than AWS
 * @param pathStyle whether the bucket goes into the path instead of the host's name
 * @param caFile PEM certificates to trust instead of the JDK's
 * @param credentials where they come from
 * @param encryption done by the store; empty: the bucket's default
 * @param bulkStorageClass for bundles, as S3 names it; empty: standard
 * @param connectTimeout until a connection stands
 * @param readTimeout between two bytes of an answer
 * @param requestTimeout for a request as a whole, its body included
 * @param maxConnections at the same time
 * @param partSize bytes of a part of a multipart upload; at least 5 MiB, which is S3's own least
 * @param maxUploads multipart uploads at the same time, each with a buffer of one part
 */
public record S3Settings(
    String bucket,
    String prefix,
    Optional<String> region,
    Optional<URI> endpoint,
    boolean pathStyle,
    Optional<Path> caFile,
    S3Credentials credentials,
    Optional<S3Encryption> encryption,
    Optional<String> bulkStorageClass,
    Duration connectTimeout,
    Duration readTimeout,
    Duration requestTimeout,
    int maxConnections,
    int partSize,
    int maxUploads) {

  static final int LEAST_PART_SIZE = 5 * 1024 * 1024;

  public S3Settings {
    require(bucket.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}"), "the bucket's name is not legal");
    require(
        prefix.matches("([A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*)?") && prefix.length() <= 256,
        "the prefix must be a path without empty parts, such as team/db1");
    require(
        endpoint.map(uri -> uri.isAbsolute() && uri.getHost() != null).orElse(true),
        "the endpoint must be a URL, such as https://s3.example.com:9000");
    require(
        endpoint.map(uri -> uri.getUserInfo() == null).orElse(true),
        "the endpoint must not contain credentials");
    require(partSize >= LEAST_PART_SIZE, "a part has at least 5 MiB");
    require(maxConnections > 0 && maxUploads > 0, "at least one connection and upload are needed");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new EngineException(Reason.ConfigurationInvalid, message);
    }
  }

  /** Settings for a bucket, to be refined. */
  public static Builder bucket(String bucket) {
    return new Builder(bucket);
  }

  /** The bucket and prefix as a URL, for messages. */
  public String url() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  /** Builds settings; what is not set has the value that suits AWS and a small agent. */
  public static final class Builder {

    private final String bucket;
    private String prefix = "";
    private Optional<String> region = Optional.empty();
    private Optional<URI> endpoint = Optional.empty();
    private boolean pathStyle;
    private Optional<Path> caFile = Optional.empty();
    private S3Credentials credentials = new S3Credentials.DefaultChain();
    private Optional<S3Encryption> encryption = Optional.empty();
    private Optional<String> bulkStorageClass = Optional.empty();
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration readTimeout = Duration.ofSeconds(30);
    private Duration requestTimeout = Duration.ofSeconds(120);
    private int maxConnections = 32;
    private int partSize = LEAST_PART_SIZE;
    private int maxUploads = 3;

    private Builder(String bucket) {
      this.bucket = bucket;
    }

    public Builder prefix(String value) {
      prefix = value;
      return this;
    }

    public Builder region(String value) {
      region = Optional.of(value);
      return this;
    }

    public Builder endpoint(URI value) {
      endpoint = Optional.of(value);
      return this;
    }

    public Builder pathStyle(boolean value) {
      pathStyle = value;
      return this;
    }

    public Builder caFile(Path value) {
      caFile = Optional.of(value);
      return this;
    }

    public Builder credentials(S3Credentials value) {
      credentials = value;
      return this;
    }

    public Builder encryption(S3Encryption value) {
      encryption = Optional.of(value);
      return this;
    }

    public Builder bulkStorageClass(String value) {
      bulkStorageClass = Optional.of(value);
      return this;
    }

    public Builder timeouts(Duration connect, Duration read, Duration request) {
      connectTimeout = connect;
      readTimeout = read;
      requestTimeout = request;
      return this;
    }

    public Builder maxConnections(int value) {
      maxConnections = value;
      return this;
    }

    public Builder partSize(int value) {
      partSize = value;
      return this;
    }

    public Builder maxUploads(int value) {
      maxUploads = value;
      return this;
    }

    public S3Settings build() {
      return new S3Settings(
          bucket,
          prefix,
          region,
          endpoint,
          pathStyle,
          caFile,
          credentials,
          encryption,
          bulkStorageClass,
          connectTimeout,
          readTimeout,
          requestTimeout,
          maxConnections,
          partSize,
          maxUploads);
    }
  }
}
