package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectUpload;
import java.nio.ByteBuffer;

/** An upload that hands everything on to another. */
public abstract class ForwardingUpload implements ObjectUpload {

  private final ObjectUpload inner;

  protected ForwardingUpload(ObjectUpload inner) {
    this.inner = inner;
  }

  protected final ObjectUpload inner() {
    return inner;
  }

  @Override
  public void write(ByteBuffer content) {
    inner.write(content);
  }

  @Override
  public long size() {
    return inner.size();
  }

  @Override
  public ObjectInfo commit() {
    return inner.commit();
  }

  @Override
  public void close() {
    inner.close();
  }
}
