package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says what a failure of the SDK or an answer of the store means, and what to do about it. */
final class S3Errors {

  private static final Set<String> STALE_CREDENTIALS =
      Set.of(
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "ExpiredToken",
          "ExpiredTokenException",
          "TokenRefreshRequired",
          "InvalidToken",
          "InvalidClientTokenId");

  private static final Set<String> THROTTLED =
      Set.of(
          "SlowDown",
          "SlowDownRead",
          "SlowDownWrite",
          "Throttling",
          "ThrottlingException",
          "RequestLimitExceeded",
          "TooManyRequests",
          "RequestThrottled",
          "BandwidthLimitExceeded",
          "ServiceUnavailable",
          "OperationAborted",
          "ConditionalRequestConflict");

  private static final Set<String> PASSING =
      Set.of(
          "InternalError", "RequestTimeout", "RequestTimeoutException", "IncompleteBody", "Busy");

  private final S3Settings settings;

  S3Errors(S3Settings settings) {
    this.settings = settings;
  }

  EngineException of(String doing, SdkException failure) {
    if (isInterrupt(failure)) {
      Thread.currentThread().interrupt();
      return new EngineException(Reason.Interrupted, doing + " was interrupted", failure);
    }
    String where = doing + " in " + settings.url() + " failed: ";
    if (failure instanceof S3Exception answer) {
      return answered(where, answer);
    }
    return unanswered(where, failure);
  }

  /** An answer that is a success by its status and does not hold what it must. */
  EngineException senseless(String doing, String what) {
    return new EngineException(
        Reason.BucketUnreachable,
        doing
            + " in "
            + settings.url()
            + " failed: the store answered with success but without "
            + what
            + "; trying again may help, else look at what stands between here and the store");
  }

  /** What a store says of one object of a batch that it did not delete. */
  EngineException notDeleted(String key, String code, String message) {
    return of(
        "deleting " + key,
        (SdkException)
            S3Exception.builder()
                .statusCode(code.equals("AccessDenied") ? 403 : 200)
                .message(message)
                .awsErrorDetails(
                    AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
                .build());
  }

  boolean isPreconditionFailed(S3Exception answer) {
    return answer.statusCode() == 412 || "PreconditionFailed".equals(code(answer));
  }

  boolean isConflict(S3Exception answer) {
    return answer.statusCode() == 409 || "ConditionalRequestConflict".equals(code(answer));
  }

  boolean isNoSuchKey(S3Exception answer) {
    return "NoSuchKey".equals(code(answer));
  }

  boolean isNoSuchBucket(S3Exception answer) {
    return "NoSuchBucket".equals(code(answer));
  }

  boolean isNoSuchUpload(S3Exception answer) {
    return "NoSuchUpload".equals(code(answer));
  }

  boolean isNotFound(S3Exception answer) {
    return answer.statusCode() == 404;
  }

  boolean isInvalidRange(S3Exception answer) {
    return answer.statusCode() == 416 || "InvalidRange".equals(code(answer));
  }

  /** Whether the store says that it does not know what the request asks for. */
  boolean isNotUnderstood(S3Exception answer) {
    return answer.statusCode() == 501
        || answer.statusCode() == 405
        || (answer.statusCode() == 400 && !isPassing(answer))
        || "NotImplemented".equals(code(answer));
  }

  /** Whether the store may refuse because of old credentials: to HEAD it cannot say why. */
  boolean isStaleCredentials(SdkException failure) {
    return failure instanceof S3Exception answer
        && (STALE_CREDENTIALS.contains(code(answer))
            || (code(answer).isEmpty()
                && (answer.statusCode() == 403 || answer.statusCode() == 400)));
  }

  private boolean isPassing(S3Exception answer) {
    return PASSING.contains(code(answer)) || THROTTLED.contains(code(answer));
  }

  private EngineException answered(String where, S3Exception answer) {
    String code = code(answer);
    if (THROTTLED.contains(code) || answer.statusCode() == 429 || answer.statusCode() == 503) {
      return with(Reason.StoreThrottled, where, answer, "the store is busy or asks to slow down");
    }
    if (PASSING.contains(code)) {
      return with(Reason.BucketUnreachable, where, answer, "the store could not do it this time");
    }
    switch (code) {
      case "NoSuchBucket" -> {
        return with(
            Reason.NoSuchBucket,
            where,
            answer,
            "there is no bucket " + settings.bucket() + "; create it, or correct its name");
      }
      case "InvalidAccessKeyId", "InvalidClientTokenId" -> {
        return with(
            Reason.AccessDenied,
            where,
            answer,
            "the store does not know the access key id; check it, and that it belongs to this endpoint");
      }
      case "SignatureDoesNotMatch" -> {
        return with(
            Reason.AccessDenied,
            where,
            answer,
            "the secret access key does not fit the access key id; check both, and the region");
      }
      case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken" -> {
        return with(Reason.AccessDenied, where, answer, "the credentials have expired; renew them");
      }
      case "RequestTimeTooSkewed" -> {
        return with(
            Reason.AccessDenied,
            where,
            answer,
            "the clock here and the store's differ too much; set the clock (NTP)");
      }
      case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed" -> {
        return otherRegion(where, answer);
      }
      case "InvalidObjectState" -> {
        return with(
            Reason.StoreRefused,
            where,
            answer,
            "the object is in a storage class that must be restored first; restore it in the store");
      }
      case "InvalidStorageClass" -> {
        return with(
            Reason.StoreRefused,
            where,
            answer,
            "the store does not know the storage class "
                + settings.bulkStorageClass().orElse("")
                + "; choose another or none");
      }
      default -> {
        return byStatus(where, code, answer);
      }
    }
  }

  private EngineException byStatus(String where, String code, S3Exception answer) {
    if (code.startsWith("KMS.")) {
      return with(
          Reason.AccessDenied,
          where,
          answer,
          "the KMS key cannot be used; check that it is enabled and that its policy admits these credentials");
    }
    int status = answer.statusCode();
    if (status == 301 || status == 307 || status == 308) {
      return otherRegion(where, answer);
    }
    if (status == 401 || status == 403) {
      return with(
          Reason.AccessDenied,
          where,
          answer,
          "access is denied; the credentials need s3:ListBucket and s3:ListBucketMultipartUploads on the bucket and"
              + " s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload below the prefix");
    }
    if (status == 400 && code.isEmpty()) {
      return with(
          Reason.AccessDenied,
          where,
          answer,
          "the store refuses without saying why, mostly because the credentials have expired; renew them");
    }
    if (status == 404) {
      return with(Reason.StoreRefused, where, answer, "the store does not know what was asked for");
    }
    if (status == 501) {
      return with(Reason.StoreRefused, where, answer, "the store does not offer this");
    }
    if (status == 200 || status == 408 || status >= 500) {
      return with(Reason.BucketUnreachable, where, answer, "the store could not do it this time");
    }
    return with(Reason.StoreRefused, where, answer, "the store refuses");
  }

  private EngineException otherRegion(String where, S3Exception answer) {
    Optional<String> region =
        Optional.ofNullable(answer.awsErrorDetails())
            .map(AwsErrorDetails::sdkHttpResponse)
            .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
    return with(
        Reason.StoreRefused,
        where,
        answer,
        "the bucket is in another region than the one asked; set region"
            + region.map(name -> " " + name).orElse(" to the bucket's"));
  }

  private EngineException unanswered(String where, SdkException failure) {
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return new EngineException(
          Reason.BucketUnreachable,
          where + "it took longer than " + settings.requestTimeout().toSeconds() + " s",
          failure);
    }
    String at = settings.endpoint().map(uri -> " at " + uri).orElse("");
    String text = text(failure);
    if (text.contains("Unable to load credentials")) {
      return new EngineException(
          Reason.AccessDenied,
          where
              + "there are no credentials: none configured, and none found in the environment, by web identity or by the"
              + " instance",
          failure);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return new EngineException(
            Reason.BucketUnreachable,
            where + "the host name is not known" + at + "; check the endpoint, path style and DNS",
            failure);
      }
      if (cause instanceof SSLPeerUnverifiedException) {
        return new EngineException(
            Reason.StoreRefused,
            where
                + "the certificate"
                + at
                + " is for another host name; use a name that is in it as the endpoint",
            failure);
      }
      if (cause instanceof SSLException && text.contains("PKIX")) {
        return new EngineException(
            Reason.StoreRefused,
            where + "the certificate" + at + " is not trusted; name the CA's file",
            failure);
      }
    }
    return new EngineException(
        Reason.BucketUnreachable,
        where + "the store cannot be reached" + at + " (" + text + ")",
        failure);
  }

  private static EngineException with(
      Reason reason, String where, S3Exception answer, String what) {
    return new EngineException(
        reason, where + what + " (" + answer.statusCode() + " " + code(answer) + ")", answer);
  }

  private static String code(S3Exception answer) {
    return Optional.ofNullable(answer.awsErrorDetails()).map(AwsErrorDetails::errorCode).orElse("");
  }

  private static String text(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : ": ").append(message);
      }
    }
    return text.toString();
  }

  private static boolean isInterrupt(Throwable failure) {
    return failure instanceof AbortedException
        || Thread.currentThread().isInterrupted()
        || failure.getCause() instanceof InterruptedException;
  }
}
