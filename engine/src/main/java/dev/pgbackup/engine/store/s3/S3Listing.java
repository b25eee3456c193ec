package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectKeys;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects below a prefix in order, one page in memory at a time. */
final class S3Listing implements Iterator<ObjectInfo> {

  private final S3Calls calls;
  private final S3Requests requests;
  private final String prefix;
  private final String startAfter;
  private final Deque<ObjectInfo> page = new ArrayDeque<>();
  private String last;
  private @Nullable String continuation;
  private boolean ended;

  S3Listing(S3Calls calls, S3Requests requests, String prefix, String startAfter) {
    this.calls = calls;
    this.requests = requests;
    this.prefix = prefix;
    this.startAfter = startAfter;
    this.last = startAfter;
  }

  @Override
  public boolean hasNext() {
    while (page.isEmpty() && !ended) {
      readPage();
    }
    return !page.isEmpty();
  }

  @Override
  public ObjectInfo next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.remove();
  }

  private void readPage() {
    String doing = "listing " + prefix;
    String token = continuation;
    ListObjectsV2Response answer =
        calls.of(
            doing,
            client ->
                client.listObjectsV2(
                    list ->
                        list.bucket(requests.bucket())
                            .prefix(requests.name(prefix))
                            .startAfter(
                                token != null || startAfter.isEmpty()
                                    ? null
                                    : requests.name(startAfter))
                            .continuationToken(token)));
    if (answer.isTruncated() == null) {
      throw calls.errors().senseless(doing, "a list of objects");
    }
    continuation = answer.nextContinuationToken();
    ended = !answer.isTruncated();
    if (!ended && (continuation == null || continuation.equals(token))) {
      throw calls.errors().senseless(doing, "the way to its next page");
    }
    answer.contents().forEach(this::add);
  }

  private void add(S3Object object) {
    String key = requests.key(object.key());
    if (ObjectKeys.isOwn(key) || key.isEmpty() || key.endsWith("/")) {
      return;
    }
    if (!startAfter.isEmpty() && key.compareTo(startAfter) <= 0) {
      return;
    }
    if (key.compareTo(last) < 0) {
      throw new EngineException(
          Reason.StoreRefused,
          "the store lists "
              + key
              + " after "
              + last
              + ": it does not list in the order of the names, which the archive rests on; use another kind of bucket");
    }
    last = key;
    page.add(
        new ObjectInfo(
            key,
            Optional.ofNullable(object.size()).orElse(0L),
            S3Objects.etag(object.eTag()),
            Optional.ofNullable(object.lastModified()).orElse(Instant.EPOCH),
            ObjectAttributes.NONE));
  }
}
