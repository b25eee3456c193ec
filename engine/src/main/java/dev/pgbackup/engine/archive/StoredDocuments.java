package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PutOptions;
import java.util.Optional;

/** The JSON documents of an archive, each with what the store knows of its object. */
public final class StoredDocuments {

  private static final int LIMIT = 64 << 20;

  private final ObjectStore store;

  public StoredDocuments(ObjectStore store) {
    this.store = store;
  }

  /** A document and its object. */
  public record Stored<T>(T document, ObjectInfo info) {}

  /**
   * Reads a document; empty if there is none.
   *
   * @throws dev.pgbackup.engine.error.EngineException with {@code ArchiveDamaged} if it does not
   *     hash right or cannot be parsed, with {@code UnsupportedArchiveVersion}
   */
  public <T> Optional<Stored<T>> find(String key, Class<T> type) {
    return SmallObjects.readVersioned(store, key, LIMIT)
        .map(object -> new Stored<>(Documents.read(object.content(), type, key), object.info()));
  }

  /**
   * Writes a document with its hash.
   *
   * @throws dev.pgbackup.engine.store.PreconditionFailedException if the condition does not hold
   */
  public ObjectInfo put(String key, Object document, PutOptions options) {
    return SmallObjects.put(store, key, Documents.write(document), options);
  }
}
