package dev.pgbackup.engine.store.decorate;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A listing that goes on behind the last key it saw when it breaks off. */
final class ResumingListing implements Iterator<ObjectInfo> {

  private final ObjectStore store;
  private final Retries retries;
  private final String prefix;
  private String last;
  private @Nullable Iterator<ObjectInfo> current;

  ResumingListing(ObjectStore store, Retries retries, String prefix, String startAfter) {
    this.store = store;
    this.retries = retries;
    this.prefix = prefix;
    this.last = startAfter;
    this.current = store.list(prefix, startAfter).iterator();
  }

  @Override
  public boolean hasNext() {
    return retries.call(StoreOperation.List, this::look);
  }

  @Override
  public ObjectInfo next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ObjectInfo object = listing().next();
    last = object.key();
    return object;
  }

  private boolean look() {
    try {
      return listing().hasNext();
    } catch (EngineException failure) {
      current = null;
      throw failure;
    }
  }

  private Iterator<ObjectInfo> listing() {
    Iterator<ObjectInfo> listing = current;
    if (listing == null) {
      listing = store.list(prefix, last).iterator();
      current = listing;
    }
    return listing;
  }
}
