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
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Tells {@link StoreMetrics} about every call. */
public final class MeteredStore extends ForwardingStore {

  private final StoreMetrics metrics;

  public MeteredStore(ObjectStore inner, StoreMetrics metrics) {
    super(inner);
    this.metrics = metrics;
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    long bytes = content.stream().mapToLong(ByteBuffer::remaining).sum();
    ObjectInfo stored =
        timed(StoreOperation.Put, () -> super.put(key, content, attributes, options));
    metrics.sent(bytes);
    return stored;
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    return new MeteredUpload(super.create(key, attributes, options));
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return timed(StoreOperation.Head, () -> super.head(key));
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectContent content = timed(StoreOperation.Get, () -> super.get(key, range));
    return new ObjectContent(
        content.info(), new CountingInputStream(content.stream(), metrics::received));
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    Iterator<ObjectInfo> listing = super.list(prefix, startAfter).iterator();
    Iterator<ObjectInfo> metered =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return timed(StoreOperation.List, listing::hasNext);
          }

          @Override
          public ObjectInfo next() {
            return listing.next();
          }
        };
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(metered, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public List<String> listFolders(String folder) {
    return timed(StoreOperation.List, () -> super.listFolders(folder));
  }

  @Override
  public void delete(Collection<String> keys) {
    timed(
        StoreOperation.Delete,
        () -> {
          super.delete(keys);
          return keys.size();
        });
  }

  @Override
  public int abortUncommitted(String prefix, Instant startedBefore) {
    return timed(StoreOperation.Abort, () -> super.abortUncommitted(prefix, startedBefore));
  }

  @Override
  public StoreCapabilities capabilities() {
    return timed(StoreOperation.Probe, super::capabilities);
  }

  private <T> T timed(StoreOperation operation, Supplier<T> call) {
    long begun = System.nanoTime();
    boolean succeeded = false;
    try {
      T result = call.get();
      succeeded = true;
      return result;
    } finally {
      metrics.called(operation, succeeded, Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private final class MeteredUpload extends ForwardingUpload {

    MeteredUpload(ObjectUpload inner) {
      super(inner);
    }

    @Override
    public void write(ByteBuffer content) {
      int before = content.remaining();
      try {
        timed(
            StoreOperation.Write,
            () -> {
              super.write(content);
              return content;
            });
      } finally {
        metrics.sent(before - content.remaining());
      }
    }

    @Override
    public ObjectInfo commit() {
      return timed(StoreOperation.Commit, super::commit);
    }
  }
}
