package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.UploadLostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * An object being written through one part buffer: in one request if it fits, else as a multipart
 * upload.
 */
final class S3Upload implements ObjectUpload {

  private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);
  private static final int MOST_PARTS = 10_000;

  private final S3Store store;
  private final S3Calls calls;
  private final S3Requests requests;
  private final PartBuffers buffers;
  private final String key;
  private final ObjectAttributes attributes;
  private final PutOptions options;
  private final List<CompletedPart> parts = new ArrayList<>();
  private @Nullable ByteBuffer buffer;
  private @Nullable String uploadId;
  private @Nullable ObjectInfo committed;
  private long size;
  private boolean closed;

  S3Upload(
      S3Store store,
      S3Calls calls,
      S3Requests requests,
      PartBuffers buffers,
      String key,
      ObjectAttributes attributes,
      PutOptions options) {
    this.store = store;
    this.calls = calls;
    this.requests = requests;
    this.buffers = buffers;
    this.key = key;
    this.attributes = attributes;
    this.options = options;
  }

  @Override
  public void write(ByteBuffer content) {
    requireOpen();
    while (content.hasRemaining()) {
      ByteBuffer part = part();
      if (!part.hasRemaining()) {
        sendPart(part);
      }
      int count = Math.min(part.remaining(), content.remaining());
      ByteBuffer taken = content.duplicate().limit(content.position() + count);
      part.put(taken);
      content.position(content.position() + count);
      size += count;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ObjectInfo commit() {
    ObjectInfo done = committed;
    if (done != null) {
      return done;
    }
    requireOpen();
    done = uploadId == null && isWithinOnePart() ? putWhole() : complete();
    committed = done;
    giveBackBuffer();
    return done;
  }

  private boolean isWithinOnePart() {
    return buffer == null || size == buffer.position();
  }

  private ObjectInfo putWhole() {
    ByteBuffer part = buffer;
    List<ByteBuffer> content = part == null ? List.of() : List.of(part.duplicate().flip());
    return store.put(key, content, attributes, options);
  }

  private ObjectInfo complete() {
    ByteBuffer part = part();
    if (part.position() > 0) {
      sendPart(part);
    }
    S3Features can = store.features();
    boolean decides = can.decidesOnUpload(options.condition());
    if (!decides) {
      Optional<ObjectInfo> own = store.look(key, attributes, options.condition());
      if (own.isPresent()) {
        return own.get();
      }
    }
    PutOptions asked = decides ? options : S3Store.unconditional(options);
    String id = begun();
    try {
      CompleteMultipartUploadResponse stored =
          calls.raw(
              client ->
                  client.completeMultipartUpload(
                      requests.complete(key, id, parts, asked.condition())));
      if (stored.eTag() == null) {
        throw calls.errors().senseless("completing " + key, "an ETag");
      }
      return store.stored(key, size, stored.eTag(), attributes);
    } catch (S3Exception answer) {
      return afterRefusal(answer);
    } catch (SdkException failure) {
      throw calls.errors().of("completing " + key, failure);
    }
  }

  private ObjectInfo afterRefusal(S3Exception answer) {
    if (calls.errors().isConflict(answer)) {
      throw new UploadLostException(key, answer);
    }
    if (calls.errors().isNoSuchUpload(answer)) {
      return store
          .head(key)
          .filter(present -> present.attributes().sameAttempt(attributes))
          .orElseThrow(() -> new UploadLostException(key, answer));
    }
    return store.afterRefusal("completing " + key, key, attributes, options.condition(), answer);
  }

  private void sendPart(ByteBuffer part) {
    int number = parts.size() + 1;
    if (number > MOST_PARTS) {
      throw new EngineException(
          Reason.StoreRefused,
          "object "
              + key
              + " would have more than "
              + MOST_PARTS
              + " parts; use a bigger part size");
    }
    S3Features can = store.features();
    String id = begun();
    BodyBytes body = new BodyBytes(List.of(part.duplicate().flip()));
    String doing = "uploading part " + number + " of " + key;
    try {
      UploadPartResponse stored =
          calls.raw(
              client ->
                  client.uploadPart(
                      requests.part(key, id, number, body, can.parts()), body.request()));
      if (stored.eTag() == null) {
        throw calls.errors().senseless(doing, "an ETag");
      }
      parts.add(requests.completed(number, body, can.parts(), stored));
    } catch (S3Exception answer) {
      if (calls.errors().isNoSuchUpload(answer)) {
        throw new UploadLostException(key, answer);
      }
      throw calls.errors().of(doing, answer);
    } catch (SdkException failure) {
      throw calls.errors().of(doing, failure);
    }
    part.clear();
  }

  private String begun() {
    String known = uploadId;
    if (known == null) {
      known =
          calls
              .of(
                  "beginning " + key,
                  client ->
                      client.createMultipartUpload(
                          requests.begin(key, attributes, options, store.features().parts())))
              .uploadId();
      if (known == null || known.isEmpty()) {
        throw calls.errors().senseless("beginning " + key, "an upload id");
      }
      uploadId = known;
    }
    return known;
  }

  private ByteBuffer part() {
    ByteBuffer part = buffer;
    if (part == null) {
      part = buffers.take();
      buffer = part;
    }
    return part;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    giveBackBuffer();
    String id = uploadId;
    if (id != null && committed == null) {
      S3Calls.tidyUp(() -> abort(id));
    }
  }

  private void abort(String id) {
    try {
      store.abort(requests.name(key), id);
    } catch (EngineException failure) {
      LOG.warn(
          "the unfinished upload of {} is left in the store until the next clean-up: {}",
          key,
          failure.getMessage());
    }
  }

  private void giveBackBuffer() {
    ByteBuffer part = buffer;
    if (part != null) {
      buffer = null;
      buffers.giveBack(part);
    }
  }

  private void requireOpen() {
    if (closed || committed != null) {
      throw new IllegalStateException("the upload of " + key + " is over");
    }
  }
}
