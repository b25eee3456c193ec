package dev.pgbackup.engine.store;

import java.io.IOException;
import java.io.InputStream;

/**
 * An open object.
 *
 * @param info of the whole object
 * @param stream the bytes asked for, to be closed; a connection that breaks shows as an {@link
 *     IOException}, an end before the promised length as well, never as a short read that looks
 *     complete
 */
public record ObjectContent(ObjectInfo info, InputStream stream) implements AutoCloseable {

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
