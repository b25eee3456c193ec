package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends and receives content no faster than its limits, which may be shared with other stores. */
public final class ThrottledStore extends ForwardingStore {

  private static final int SLICE = 256 << 10;

  private final RateLimit up;
  private final RateLimit down;

  public ThrottledStore(ObjectStore inner, RateLimit up, RateLimit down) {
    super(inner);
    this.up = up;
    this.down = down;
  }

  @Override
  public ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options) {
    up.pass(content.stream().mapToLong(ByteBuffer::remaining).sum());
    return super.put(key, content, attributes, options);
  }

  @Override
  public ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options) {
    return new ThrottledUpload(super.create(key, attributes, options));
  }

  @Override
  public ObjectContent get(String key, ByteRange range) {
    ObjectContent content = super.get(key, range);
    return new ObjectContent(content.info(), new CountingInputStream(content.stream(), down::pass));
  }

  private final class ThrottledUpload extends ForwardingUpload {

    ThrottledUpload(ObjectUpload inner) {
      super(inner);
    }

    @Override
    public void write(ByteBuffer content) {
      while (content.hasRemaining()) {
        ByteBuffer slice = content.duplicate();
        slice.limit(slice.position() + Math.min(slice.remaining(), SLICE));
        up.pass(slice.remaining());
        try {
          super.write(slice);
        } finally {
          content.position(slice.position());
        }
      }
    }
  }
}
