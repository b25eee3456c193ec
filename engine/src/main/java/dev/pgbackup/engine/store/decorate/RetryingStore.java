package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.StoreCapabilities;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Tries again what failed for a passing reason, within a budget of time and with growing, random
 * waits.
 *
 * <p>Every write carries one attempt id through all its tries, so that an earlier try whose answer
 * was lost counts as success. Listings go on after the last key, content after the last byte,
 * provided that the object is still the same.
 */
public final class RetryingStore extends ForwardingStore {

  private final Retries retries;

  public RetryingStore(ObjectStore inner, RetryPolicy policy, StoreMetrics metrics) {
    super(inner);
    this.retries = new Retries(policy, metrics);
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    ObjectAttributes attempt = attributes.withAttempt();
    return retries.call(StoreOperation.Put, () -> inner().put(key, content, attempt, options));
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    ObjectAttributes attempt = attributes.withAttempt();
    return new RetryingUpload(
        retries.call(StoreOperation.Write, () -> inner().create(key, attempt, options)));
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return retries.call(StoreOperation.Head, () -> inner().head(key));
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectContent content = retries.call(StoreOperation.Get, () -> inner().get(key, range));
    return new ObjectContent(
        content.info(), new ResumingInputStream(inner(), retries, range, content));
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new ResumingListing(inner(), retries, prefix, startAfter),
            Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public List<String> listFolders(String folder) {
    return retries.call(StoreOperation.List, () -> inner().listFolders(folder));
  }

  @Override
  public void delete(Collection<String> keys) {
    retries.call(
        StoreOperation.Delete,
        () -> {
          inner().delete(keys);
          return keys.size();
        });
  }

  @Override
  public int abortUncommitted(String prefix, Instant startedBefore) {
    return retries.call(
        StoreOperation.Abort, () -> inner().abortUncommitted(prefix, startedBefore));
  }

  @Override
  public StoreCapabilities capabilities() {
    return retries.call(StoreOperation.Probe, inner()::capabilities);
  }

  private final class RetryingUpload extends ForwardingUpload {

    RetryingUpload(ObjectUpload inner) {
      super(inner);
    }

    @Override
    public void write(ByteBuffer content) {
      retries.call(
          StoreOperation.Write,
          () -> {
            inner().write(content);
            return content;
          });
    }

    @Override
    public ObjectInfo commit() {
      return retries.call(StoreOperation.Commit, inner()::commit);
    }
  }
}
