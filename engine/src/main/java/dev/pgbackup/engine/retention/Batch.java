package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;

/** Objects to be deleted, a bounded number at a time, and what they come to. */
final class Batch {

  private static final int SIZE = 1000;

  private final ObjectStore store;
  private final List<String> keys = new ArrayList<>();
  private long objects;
  private long bytes;

  Batch(ObjectStore store) {
    this.store = store;
  }

  void add(ObjectInfo object) {
    keys.add(object.key());
    objects++;
    bytes += object.size();
    if (keys.size() == SIZE) {
      flush();
    }
  }

  void flush() {
    store.delete(keys);
    keys.clear();
  }

  long objects() {
    return objects;
  }

  long bytes() {
    return bytes;
  }
}
