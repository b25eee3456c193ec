package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an object, asked for again from where they broke off as long as the object is the
 * same version.
 */
final class ResumingInputStream extends InputStream {

  private final ObjectStore store;
  private final ObjectInfo info;
  private final Retries.Episode episode;
  private final long end;
  private long position;
  private @Nullable ObjectContent current;

  ResumingInputStream(ObjectStore store, Retries retries, ByteRange range, ObjectContent content) {
    this.store = store;
    this.info = content.info();
    this.episode = retries.begin(StoreOperation.Get);
    this.position = range.offset();
    this.end = range.isToEnd() ? info.size() : range.offset() + range.length();
    this.current = content;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (position == end) {
      return -1;
    }
    while (true) {
      try {
        int read = content().stream().read(buffer, offset, count);
        if (read < 0) {
          throw new IOException(info.key() + " ended at byte " + position + " of " + end);
        }
        position += read;
        episode.succeeded();
        return read;
      } catch (IOException broken) {
        giveUpCurrent();
        episode.waitAfter(
            new EngineException(
                Reason.BucketUnreachable,
                "reading "
                    + info.key()
                    + " broke off at byte "
                    + position
                    + " ("
                    + broken.getMessage()
                    + ")",
                broken));
      } catch (EngineException failure) {
        giveUpCurrent();
        episode.waitAfter(failure);
      }
    }
  }

  private ObjectContent content() throws IOException {
    ObjectContent open = current;
    if (open == null) {
      open = store.get(info.key(), new ByteRange(position, end - position));
      current = open;
      if (!open.info().etag().equals(info.etag())) {
        throw new EngineException(
            Reason.StoreRefused, info.key() + " was replaced while it was read; read it again");
      }
    }
    return open;
  }

  private void giveUpCurrent() {
    try {
      close();
    } catch (IOException broken) {
      // it is broken already
    }
  }

  @Override
  public void close() throws IOException {
    ObjectContent open = current;
    current = null;
    if (open != null) {
      open.close();
    }
  }
}
