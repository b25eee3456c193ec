package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.StoreCapabilities;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A store that fails as a {@link Faults} says: before a call has an effect, after it, or while
 * content is read.
 */
public final class FaultyStore extends ForwardingStore {

  private final Faults faults;

  public FaultyStore(ObjectStore inner, Faults faults) {
    super(inner);
    this.faults = faults;
  }

  /** When to fail; throws to do so. */
  public interface Faults {

    default void before(StoreOperation operation, String key) {}

    default void after(StoreOperation operation, String key) {}

    /** Called before each read of an object's content. */
    default void reading(String key) throws IOException {}
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    return faulty(StoreOperation.Put, key, () -> super.put(key, content, attributes, options));
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    return new ForwardingUpload(super.create(key, attributes, options)) {
      @Override
      public void write(ByteBuffer content) {
        faults.before(StoreOperation.Write, key);
        super.write(content);
      }

      @Override
      public ObjectInfo commit() {
        return faulty(StoreOperation.Commit, key, super::commit);
      }
    };
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return faulty(StoreOperation.Head, key, () -> super.head(key));
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectContent content = faulty(StoreOperation.Get, key, () -> super.get(key, range));
    return new ObjectContent(
        content.info(),
        new FilterInputStream(content.stream()) {
          @Override
          public int read() throws IOException {
            faults.reading(key);
            return super.read();
          }

          @Override
          public int read(byte[] buffer, int offset, int count) throws IOException {
            faults.reading(key);
            return super.read(buffer, offset, Math.min(count, 64 << 10));
          }
        });
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    Iterator<ObjectInfo> listing = super.list(prefix, startAfter).iterator();
    Iterator<ObjectInfo> faulty =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            faults.before(StoreOperation.List, prefix);
            return listing.hasNext();
          }

          @Override
          public ObjectInfo next() {
            return listing.next();
          }
        };
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(faulty, 0), false);
  }

  @Override
  public List<String> listFolders(String folder) {
    return faulty(StoreOperation.List, folder, () -> super.listFolders(folder));
  }

  @Override
  public void delete(Collection<String> keys) {
    faulty(
        StoreOperation.Delete,
        String.join(" ", keys),
        () -> {
          super.delete(keys);
          return keys;
        });
  }

  @Override
  public int abortUncommitted(String prefix, Instant startedBefore) {
    faults.before(StoreOperation.Abort, prefix);
    return super.abortUncommitted(prefix, startedBefore);
  }

  @Override
  public StoreCapabilities capabilities() {
    return faulty(StoreOperation.Probe, "", super::capabilities);
  }

  private <T> T faulty(StoreOperation operation, String key, Supplier<T> call) {
    faults.before(operation, key);
    T result = call.get();
    faults.after(operation, key);
    return result;
  }
}
