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
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Tells a {@link StoreWatch} about every call that has to be answered within a few seconds: single
 * tries, so it lies below what tries again. Deletions in batches and clean-up take their time.
 */
public final class WatchedStore extends ForwardingStore {

  /** A part of an upload that is sent when its buffer is full. */
  private static final long PART = 8 << 20;

  private final StoreWatch watch;

  public WatchedStore(ObjectStore inner, StoreWatch watch) {
    super(inner);
    this.watch = watch;
  }

  private <T> T watched(StoreOperation operation, String key, long bytes, Supplier<T> call) {
    long id = watch.begin(operation, key, bytes);
    try {
      T result = call.get();
      watch.succeeded(id);
      return result;
    } catch (RuntimeException e) {
      watch.failed(id, e);
      throw e;
    }
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    long bytes = content.stream().mapToLong(ByteBuffer::remaining).sum();
    return watched(
        StoreOperation.Put, key, bytes, () -> super.put(key, content, attributes, options));
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    return new WatchedUpload(super.create(key, attributes, options), key);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return watched(StoreOperation.Head, key, 0, () -> super.head(key));
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    return watched(StoreOperation.Get, key, 0, () -> super.get(key, range));
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    Iterator<ObjectInfo> listing = super.list(prefix, startAfter).iterator();
    Iterator<ObjectInfo> watched =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return watched(StoreOperation.List, prefix, 0, listing::hasNext);
          }

          @Override
          public ObjectInfo next() {
            return listing.next();
          }
        };
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(watched, Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  @Override
  public List<String> listFolders(String folder) {
    return watched(StoreOperation.List, folder, 0, () -> super.listFolders(folder));
  }

  @Override
  public StoreCapabilities capabilities() {
    return watched(StoreOperation.Probe, "", 0, super::capabilities);
  }

  private final class WatchedUpload extends ForwardingUpload {

    private final String key;

    WatchedUpload(ObjectUpload inner, String key) {
      super(inner);
      this.key = key;
    }

    @Override
    public void write(ByteBuffer content) {
      watched(
          StoreOperation.Write,
          key,
          PART + content.remaining(),
          () -> {
            super.write(content);
            return content;
          });
    }

    @Override
    public ObjectInfo commit() {
      return watched(StoreOperation.Commit, key, PART, super::commit);
    }
  }
}
