package dev.pgbackup.engine.retention;

import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.store.ObjectStore;
import java.io.IOException;
import java.util.Optional;

/** Documents together with when the store got them. */
final class StoredDocuments {

  record Stored<T>(T document, ObjectInfo info) {}

  private final ObjectStore store;

  StoredDocuments(ObjectStore store) {
    this.store = store;
  }

  <T> Optional<Stored<T>> find(String key, Class<T> type) {
    try (ObjectContent object = store.get(key, ByteRange.ALL)) {
      return Optional.of(
          new Stored<>(
              Documents.read(object.stream().readAllBytes(), type, key), object.info()));
    } catch (ObjectNotFoundException none) {
      return Optional.empty();
    } catch (IOException broken) {
      throw new EngineException(
          Reason.BucketUnreachable,
          "reading " + key + " from " + store.describe() + " broke off; try again",
          broken);
    }
  }
}
