package dev.pgbackup.engine.store;

import java.nio.ByteBuffer;

/** An object being written. Used by one thread at a time. */
public interface ObjectUpload extends AutoCloseable {

  /**
   * Appends; returns when the bytes were copied or sent, so the buffer may be used again.
   *
   * <p>The buffer's position moves over what was taken, also when the call fails: after a transient
   * failure the same call may be made again and goes on where it was.
   */
  void write(ByteBuffer content);

  /** Bytes written so far. */
  long size();

  /**
   * Publishes the object: from now on it is there, whole. After a transient failure it may be
   * called again.
   *
   * @throws PreconditionFailedException if the condition does not hold; nothing is published
   */
  ObjectInfo commit();

  /** Gives up what was not committed; after {@code commit} without effect. */
  @Override
  void close();
}
