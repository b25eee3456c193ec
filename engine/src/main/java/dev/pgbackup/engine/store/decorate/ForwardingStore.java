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
import java.util.stream.Stream;

/** A store that hands everything on to another; decorators change what they are about. */
public abstract class ForwardingStore implements ObjectStore {

  private final ObjectStore inner;

  protected ForwardingStore(ObjectStore inner) {
    this.inner = inner;
  }

  protected final ObjectStore inner() {
    return inner;
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    return inner.put(key, content, attributes, options);
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    return inner.create(key, attributes, options);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return inner.head(key);
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    return inner.get(key, range);
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    return inner.list(prefix, startAfter);
  }

  @Override
  public List<String> listFolders(String folder) {
    return inner.listFolders(folder);
  }

  @Override
  public void delete(Collection<String> keys) {
    inner.delete(keys);
  }

  @Override
  public int abortUncommitted(String prefix, Instant startedBefore) {
    return inner.abortUncommitted(prefix, startedBefore);
  }

  @Override
  public StoreCapabilities capabilities() {
    return inner.capabilities();
  }

  @Override
  public String describe() {
    return inner.describe();
  }

  @Override
  public void close() {
    inner.close();
  }
}
