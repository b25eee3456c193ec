package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectKeys;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.s3.S3Features.Integrity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Finds out what a store can do, by trying it on an object that is deleted afterwards.
 *
 * <p>A store that ignores a condition or a checksum answers as if all were well, so only a refusal
 * of what must be refused counts.
 */
final class S3Probe {

  private static final Logger LOG = LoggerFactory.getLogger(S3Probe.class);
  private static final String DOING = "finding out what the store can do";
  private static final String WRONG_CRC32C = "AAAAAA==";
  private static final String WRONG_MD5 = "AAAAAAAAAAAAAAAAAAAAAA==";
  private static final String NO_ETAG = "00000000000000000000000000000000";

  private final S3Calls calls;
  private final S3Requests requests;
  private final String key = ObjectKeys.OWN_FOLDER + "/probe/" + UUID.randomUUID();
  private final BodyBytes body =
      new BodyBytes(List.of(ByteBuffer.wrap("probe".getBytes(StandardCharsets.US_ASCII))));

  S3Probe(S3Calls calls, S3Requests requests) {
    this.calls = calls;
    this.requests = requests;
  }

  S3Features run() {
    try {
      calls.of(
          DOING, client -> client.putObject(put(PutCondition.always()).build(), body.request()));
      Integrity puts = integrity();
      boolean create = refuses(put(PutCondition.absent()));
      boolean replace =
          refuses(put(PutCondition.matches(NO_ETAG))) && takes(put(PutCondition.matches(etag())));
      Integrity parts =
          puts == Integrity.Crc32c && !takesPartsWithCrc32c() ? Integrity.Nothing : puts;
      boolean upload = create && uploadIsRefused(parts);
      return new S3Features(create, replace, upload, puts, parts);
    } finally {
      S3Calls.tidyUp(this::cleanUp);
    }
  }

  private Integrity integrity() {
    boolean crc32c =
        takes(put(PutCondition.always()).checksumCRC32C(body.crc32c()))
            && !takes(put(PutCondition.always()).checksumCRC32C(WRONG_CRC32C));
    if (crc32c) {
      return Integrity.Crc32c;
    }
    boolean md5 =
        takes(put(PutCondition.always()).contentMD5(body.md5()))
            && !takes(put(PutCondition.always()).contentMD5(WRONG_MD5));
    return md5 ? Integrity.Md5 : Integrity.Nothing;
  }

  private PutObjectRequest.Builder put(PutCondition condition) {
    return requests.put(
        key, ObjectAttributes.NONE, PutOptions.when(condition), body, Integrity.Nothing);
  }

  private String etag() {
    HeadObjectResponse head =
        calls.of(
            DOING,
            client ->
                client.headObject(
                    request -> request.bucket(requests.bucket()).key(requests.name(key))));
    return S3Objects.etag(told(head.eTag(), "an ETag"));
  }

  /** Whether a request is done; a refusal that is about its headers is none of a failure. */
  private boolean takes(PutObjectRequest.Builder put) {
    try {
      send(put);
      return true;
    } catch (S3Exception answer) {
      if (calls.errors().isNotUnderstood(answer) || calls.errors().isPreconditionFailed(answer)) {
        return false;
      }
      throw calls.errors().of(DOING, answer);
    } catch (SdkException failure) {
      throw calls.errors().of(DOING, failure);
    }
  }

  private boolean refuses(PutObjectRequest.Builder put) {
    return failsPrecondition(() -> send(put));
  }

  private void send(PutObjectRequest.Builder put) {
    PutObjectResponse stored = calls.raw(client -> client.putObject(put.build(), body.request()));
    told(stored.eTag(), "an ETag");
  }

  /** What a success must tell; one that does not is none of the store, but of something between. */
  private String told(@Nullable String value, String what) {
    if (value == null || value.isEmpty()) {
      throw calls.errors().senseless(DOING, what);
    }
    return value;
  }

  private boolean takesPartsWithCrc32c() {
    try {
      upload(Integrity.Crc32c, PutCondition.always());
      return true;
    } catch (S3Exception answer) {
      if (calls.errors().isNotUnderstood(answer)) {
        return false;
      }
      throw calls.errors().of(DOING, answer);
    } catch (SdkException failure) {
      throw calls.errors().of(DOING, failure);
    }
  }

  private boolean uploadIsRefused(Integrity by) {
    return failsPrecondition(() -> upload(by, PutCondition.absent()));
  }

  private boolean failsPrecondition(Runnable request) {
    try {
      request.run();
      return false;
    } catch (S3Exception answer) {
      if (calls.errors().isPreconditionFailed(answer)) {
        return true;
      }
      if (calls.errors().isNotUnderstood(answer)) {
        return false;
      }
      throw calls.errors().of(DOING, answer);
    } catch (SdkException failure) {
      throw calls.errors().of(DOING, failure);
    }
  }

  private void upload(Integrity by, PutCondition condition) {
    CreateMultipartUploadResponse begun =
        calls.raw(
            client ->
                client.createMultipartUpload(
                    requests.begin(key, ObjectAttributes.NONE, PutOptions.when(condition), by)));
    String id = told(begun.uploadId(), "an upload id");
    try {
      UploadPartResponse stored =
          calls.raw(
              client -> client.uploadPart(requests.part(key, id, 1, body, by), body.request()));
      told(stored.eTag(), "an ETag");
      CompletedPart part = requests.completed(1, body, by, stored);
      CompleteMultipartUploadResponse completed =
          calls.raw(
              client ->
                  client.completeMultipartUpload(
                      requests.complete(key, id, List.of(part), condition)));
      told(completed.eTag(), "an ETag");
    } catch (SdkException | EngineException failure) {
      abort(id);
      throw failure;
    }
  }

  private void abort(String id) {
    quietly(
        client ->
            client.abortMultipartUpload(
                abort -> abort.bucket(requests.bucket()).key(requests.name(key)).uploadId(id)));
  }

  private void cleanUp() {
    quietly(
        client ->
            client.deleteObject(
                delete -> delete.bucket(requests.bucket()).key(requests.name(key))));
  }

  private void quietly(Function<S3Client, ?> request) {
    try {
      calls.raw(request);
    } catch (SdkException failure) {
      LOG.warn("{} could not be removed: {}", requests.name(key), failure.getMessage());
    }
  }
}
