package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.decorate.ForwardingStore;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A store whose own clock is the test's. */
public final class ClockedStore extends ForwardingStore {

  private final Clock clock;
  private final Map<String, Instant> times = new ConcurrentHashMap<>();

  public ClockedStore(ObjectStore inner, Clock clock) {
    super(inner);
    this.clock = clock;
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    ObjectInfo info = super.put(key, content, attributes, options);
    times.put(key, clock.instant());
    return aged(info);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return super.head(key).map(this::aged);
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectContent content = super.get(key, range);
    return new ObjectContent(aged(content.info()), content.stream());
  }

  @Override
  public Stream<ObjectInfo> list(String prefix, String startAfter) {
    return super.list(prefix, startAfter).map(this::aged);
  }

  private ObjectInfo aged(ObjectInfo info) {
    return new ObjectInfo(
        info.key(),
        info.size(),
        info.etag(),
        times.getOrDefault(info.key(), info.lastModified()),
        info.attributes());
  }
}
