package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ExactLengthInputStream;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectKeys;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.StoreCapabilities;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An object store behind the S3 API.
 *
 * <p>What the store can do is found out before the first write (never by one who only reads), see
 * {@link S3Probe}. Requests are made once: trying again is the business of a decorator.
 */
public final class S3Store implements ObjectStore {

  private static final Logger LOG = LoggerFactory.getLogger(S3Store.class);
  private static final int DELETE_BATCH = 1000;

  private final S3Settings settings;
  private final S3Calls calls;
  private final S3Requests requests;
  private final PartBuffers buffers;
  private @Nullable S3Features features;
  private volatile boolean deletesInBatches = true;

  private S3Store(S3Settings settings, S3Calls calls) {
    this.settings = settings;
    this.calls = calls;
    this.requests = new S3Requests(settings);
    this.buffers =
        new PartBuffers(
            settings.partSize(), settings.maxUploads(), settings.requestTimeout().multipliedBy(5));
  }

  /** Opens a bucket; no request is made yet. */
  public static S3Store open(S3Settings settings) {
    RefreshableCredentials credentials =
        settings.credentials() instanceof S3Credentials.KeyFiles files
            ? new KeyFileCredentials(files)
            : new ChainCredentials();
    return new S3Store(
        settings,
        new S3Calls(S3Clients.open(settings, credentials), credentials, new S3Errors(settings)));
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    ObjectKeys.requireKey(key);
    S3Features can = features();
    ObjectAttributes withAttempt = attributes.withAttempt();
    if (!can.decidesOnPut(options.condition())) {
      Optional<ObjectInfo> own = look(key, withAttempt, options.condition());
      if (own.isPresent()) {
        return own.get();
      }
    }
    PutOptions asked = can.decidesOnPut(options.condition()) ? options : unconditional(options);
    BodyBytes body = new BodyBytes(content);
    try {
      PutObjectResponse stored =
          calls.raw(
              client ->
                  client.putObject(
                      requests.put(key, withAttempt, asked, body, can.puts()).build(),
                      body.request()));
      if (stored.eTag() == null) {
        throw calls.errors().senseless("writing " + key, "an ETag");
      }
      return stored(key, body.size(), stored.eTag(), withAttempt);
    } catch (SdkException failure) {
      return afterRefusal("writing " + key, key, withAttempt, options.condition(), failure);
    }
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    ObjectKeys.requireKey(key);
    return new S3Upload(this, calls, requests, buffers, key, attributes.withAttempt(), options);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    ObjectKeys.requireKey(key);
    try {
      HeadObjectResponse head =
          calls.raw(
              client ->
                  client.headObject(
                      request -> request.bucket(requests.bucket()).key(requests.name(key))));
      if (head.contentLength() == null || head.eTag() == null) {
        throw calls.errors().senseless("looking at " + key, "size and ETag");
      }
      return Optional.of(
          new ObjectInfo(
              key,
              head.contentLength(),
              S3Objects.etag(head.eTag()),
              Optional.ofNullable(head.lastModified()).orElse(Instant.EPOCH),
              S3Objects.attributes(head.metadata())));
    } catch (S3Exception answer) {
      if (calls.errors().isNotFound(answer) && !calls.errors().isNoSuchBucket(answer)) {
        return Optional.empty();
      }
      throw calls.errors().of("looking at " + key, answer);
    } catch (SdkException failure) {
      throw calls.errors().of("looking at " + key, failure);
    }
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectKeys.requireKey(key);
    try {
      return content(
          key,
          range,
          calls.raw(
              client ->
                  client.getObject(
                      request ->
                          request
                              .bucket(requests.bucket())
                              .key(requests.name(key))
                              .range(range.isAll() ? null : "bytes=" + range))));
    } catch (S3Exception answer) {
      if (calls.errors().isNoSuchKey(answer)) {
        throw new ObjectNotFoundException(key);
      }
      if (calls.errors().isInvalidRange(answer)) {
        throw range.outside(key, head(key).map(ObjectInfo::size).orElse(0L));
      }
      throw calls.errors().of("reading " + key, answer);
    } catch (SdkException failure) {
      throw calls.errors().of("reading " + key, failure);
    }
  }

  private ObjectContent content(
      String key, ByteRange range, ResponseInputStream<GetObjectResponse> answer) {
    GetObjectResponse head = answer.response();
    S3Body body = new S3Body(answer, calls.errors(), key);
    Long length = head.contentLength();
    if (length == null || head.eTag() == null) {
      throw closing(body, calls.errors().senseless("reading " + key, "size and ETag"));
    }
    long size = range.isAll() ? length : S3Objects.sizeOf(head.contentRange());
    if (size < 0) {
      throw closing(body, calls.errors().senseless("reading " + key, "the range asked for"));
    }
    long wanted = range.isToEnd() ? size - range.offset() : range.length();
    if (length != wanted) {
      throw closing(body, range.outside(key, size));
    }
    ObjectInfo info =
        new ObjectInfo(
            key,
            size,
            S3Objects.etag(head.eTag()),
            Optional.ofNullable(head.lastModified()).orElse(Instant.EPOCH),
            S3Objects.attributes(head.metadata()));
    return new ObjectContent(info, new ExactLengthInputStream(body, key, wanted));
  }

  private static <E extends RuntimeException> E closing(S3Body body, E failure) {
    try {
      body.close();
    } catch (IOException notClosed) {
      failure.addSuppressed(notClosed);
    }
    return failure;
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    ObjectKeys.requirePrefix(prefix);
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new S3Listing(calls, requests, prefix, startAfter),
            Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public List<String> listFolders(String folder) {
    String prefix = ObjectKeys.folderPrefix(folder);
    String doing = "listing " + prefix;
    Set<String> names = new TreeSet<>(Comparator.comparing(name -> name + "/"));
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response answer =
          calls.of(
              doing,
              client ->
                  client.listObjectsV2(
                      list ->
                          list.bucket(requests.bucket())
                              .prefix(requests.name(prefix))
                              .delimiter("/")
                              .continuationToken(from)));
      if (answer.isTruncated() == null) {
        throw calls.errors().senseless(doing, "a list of folders");
      }
      answer
          .commonPrefixes()
          .forEach(
              common -> {
                String key = requests.key(common.prefix());
                names.add(key.substring(prefix.length(), key.length() - 1));
              });
      token = answer.isTruncated() ? answer.nextContinuationToken() : null;
      if (answer.isTruncated() && (token == null || token.equals(from))) {
        throw calls.errors().senseless(doing, "the way to its next page");
      }
    } while (token != null);
    if (prefix.isEmpty()) {
      names.remove(ObjectKeys.OWN_FOLDER);
    }
    names.remove("");
    return List.copyOf(names);
  }

  @Override
  public void delete(Collection<String> keys) {
    keys.forEach(ObjectKeys::requireKey);
    List<String> all = List.copyOf(keys);
    for (int from = 0; from < all.size(); from += DELETE_BATCH) {
      List<String> batch = all.subList(from, Math.min(all.size(), from + DELETE_BATCH));
      if (batch.size() == 1 || !deletesInBatches) {
        batch.forEach(this::deleteOne);
      } else {
        deleteBatch(batch);
      }
    }
  }

  /** Deletes one by one what the answer does not name: a lost answer may look like an empty one. */
  private void deleteBatch(List<String> keys) {
    String doing = "deleting " + keys.size() + " objects from " + keys.get(0) + " on";
    DeleteObjectsResponse answer;
    try {
      List<ObjectIdentifier> names =
          keys.stream()
              .map(key -> ObjectIdentifier.builder().key(requests.name(key)).build())
              .toList();
      answer =
          calls.raw(
              client ->
                  client.deleteObjects(
                      request ->
                          request
                              .bucket(requests.bucket())
                              .delete(delete -> delete.objects(names).quiet(false))));
    } catch (S3Exception refused) {
      if (!calls.errors().isNotUnderstood(refused)) {
        throw calls.errors().of(doing, refused);
      }
      LOG.info("{} does not delete in batches; objects are deleted one by one", describe());
      deletesInBatches = false;
      keys.forEach(this::deleteOne);
      return;
    } catch (SdkException failure) {
      throw calls.errors().of(doing, failure);
    }
    for (S3Error error : answer.errors()) {
      if (!"NoSuchKey".equals(error.code())) {
        String name = Optional.ofNullable(error.key()).orElse("");
        throw calls
            .errors()
            .notDeleted(
                name.isEmpty() ? "an object" : requests.key(name),
                Optional.ofNullable(error.code()).orElse(""),
                Optional.ofNullable(error.message()).orElse(""));
      }
    }
    Set<String> deleted =
        answer.deleted().stream().map(DeletedObject::key).collect(Collectors.toSet());
    keys.stream().filter(key -> !deleted.contains(requests.name(key))).forEach(this::deleteOne);
  }

  private void deleteOne(String key) {
    try {
      calls.raw(
          client ->
              client.deleteObject(
                  delete -> delete.bucket(requests.bucket()).key(requests.name(key))));
    } catch (S3Exception answer) {
      if (!calls.errors().isNoSuchKey(answer)) {
        throw calls.errors().of("deleting " + key, answer);
      }
    } catch (SdkException failure) {
      throw calls.errors().of("deleting " + key, failure);
    }
  }

  @Override
  public int abortUncommitted(String prefix, Instant startedBefore) {
    ObjectKeys.requirePrefix(prefix);
    String doing = "looking for unfinished uploads below " + prefix;
    List<MultipartUpload> found = new ArrayList<>();
    String keyMarker = null;
    String idMarker = null;
    while (true) {
      String afterKey = keyMarker;
      String afterId = idMarker;
      ListMultipartUploadsResponse answer =
          calls.of(
              doing,
              client ->
                  client.listMultipartUploads(
                      list ->
                          list.bucket(requests.bucket())
                              .prefix(requests.name(prefix))
                              .keyMarker(afterKey)
                              .uploadIdMarker(afterId)));
      if (answer.isTruncated() == null) {
        throw calls.errors().senseless(doing, "a list of uploads");
      }
      answer.uploads().stream()
          .filter(upload -> upload.key().startsWith(requests.name(prefix)))
          .filter(
              upload -> upload.initiated() != null && upload.initiated().isBefore(startedBefore))
          .forEach(found::add);
      keyMarker = answer.nextKeyMarker();
      idMarker = answer.nextUploadIdMarker();
      boolean more = answer.isTruncated();
      if (!more || keyMarker == null || (keyMarker.equals(afterKey) && idMarker == null)) {
        break;
      }
    }
    found.forEach(upload -> abort(upload.key(), upload.uploadId()));
    return found.size();
  }

  /** Makes the store forget a multipart upload; success if it knows none such. */
  void abort(String name, String uploadId) {
    try {
      calls.raw(
          client ->
              client.abortMultipartUpload(
                  abort -> abort.bucket(requests.bucket()).key(name).uploadId(uploadId)));
    } catch (S3Exception answer) {
      if (!calls.errors().isNotFound(answer)) {
        throw calls.errors().of("giving up the upload of " + name, answer);
      }
    } catch (SdkException failure) {
      throw calls.errors().of("giving up the upload of " + name, failure);
    }
  }

  @Override
  public StoreCapabilities capabilities() {
    return features().capabilities();
  }

  /** What the store can do; found out once. */
  synchronized S3Features features() {
    S3Features known = features;
    if (known == null) {
      known = new S3Probe(calls, requests).run();
      features = known;
      report(known);
    }
    return known;
  }

  private void report(S3Features found) {
    LOG.info(
        "{}: conditional create {}, conditional replace {}, on multipart uploads {};"
            + " received bytes are checked by {} (parts: {})",
        describe(),
        found.createIfAbsent() ? "yes" : "no",
        found.replaceIfMatch() ? "yes" : "no",
        found.uploadConditions() ? "yes" : "no",
        found.puts(),
        found.parts());
    if (!found.createIfAbsent() || !found.replaceIfMatch()) {
      LOG.warn(
          "{} does not decide conditional writes: that two agents never write to one archive is best effort here",
          describe());
    }
  }

  /**
   * Looks whether a write may take place, where the store does not decide that itself.
   *
   * @return one's own earlier write, if there is one
   * @throws PreconditionFailedException if it may not
   */
  Optional<ObjectInfo> look(String key, ObjectAttributes attempt, PutCondition condition) {
    Optional<ObjectInfo> present = head(key);
    if (present.isPresent() && present.get().attributes().sameAttempt(attempt)) {
      return present;
    }
    boolean holds =
        condition instanceof PutCondition.Matches matches
            ? present.map(ObjectInfo::etag).equals(Optional.of(matches.etag()))
            : present.isEmpty();
    if (!holds) {
      throw new PreconditionFailedException(key);
    }
    return Optional.empty();
  }

  /**
   * Tells one's own earlier write from a condition that does not hold, and both from other
   * failures.
   */
  ObjectInfo afterRefusal(
      String doing,
      String key,
      ObjectAttributes attempt,
      PutCondition condition,
      SdkException failure) {
    if (failure instanceof S3Exception answer) {
      boolean gone =
          condition instanceof PutCondition.Matches && calls.errors().isNoSuchKey(answer);
      if (gone || calls.errors().isPreconditionFailed(answer)) {
        return head(key)
            .filter(present -> present.attributes().sameAttempt(attempt))
            .orElseThrow(() -> new PreconditionFailedException(key));
      }
    }
    throw calls.errors().of(doing, failure);
  }

  ObjectInfo stored(String key, long size, String etag, ObjectAttributes attributes) {
    return new ObjectInfo(key, size, S3Objects.etag(etag), Instant.now(), attributes);
  }

  static PutOptions unconditional(PutOptions options) {
    return new PutOptions(PutCondition.always(), options.bulk());
  }

  @Override
  public String describe() {
    return settings.url() + settings.endpoint().map(uri -> " at " + uri).orElse("");
  }

  @Override
  public void close() {
    calls.close();
  }
}
