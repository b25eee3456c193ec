package dev.pgbackup.engine.store.fs;

import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutCondition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An object being written to a temporary file that no listing shows. */
final class DirectoryUpload implements ObjectUpload {

  private final DirectoryStore store;
  private final String key;
  private final ObjectAttributes attributes;
  private final PutCondition condition;
  private final Path file;
  private final FileChannel channel;
  private long size;
  private @Nullable ObjectInfo committed;
  private boolean closed;

  DirectoryUpload(
      DirectoryStore store,
      String key,
      ObjectAttributes attributes,
      PutCondition condition,
      Path file,
      FileChannel channel) {
    this.store = store;
    this.key = key;
    this.attributes = attributes;
    this.condition = condition;
    this.file = file;
    this.channel = channel;
  }

  @Override
  public void write(ByteBuffer content) {
    requireOpen();
    try {
      while (content.hasRemaining()) {
        size += channel.write(content);
      }
    } catch (IOException failure) {
      throw store.failed("writing object " + key, failure);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ObjectInfo commit() {
    ObjectInfo done = committed;
    if (done != null) {
      return done;
    }
    requireOpen();
    try {
      channel.force(true);
      done = store.publish(file, key, attributes, condition);
    } catch (IOException failure) {
      throw store.failed("publishing object " + key, failure);
    }
    committed = done;
    return done;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
      store.discard(file);
    } catch (IOException failure) {
      throw store.failed("giving up the upload of " + key, failure);
    }
  }

  private void requireOpen() {
    if (closed || committed != null) {
      throw new IllegalStateException("the upload of " + key + " is over");
    }
  }
}
