package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Objects of a few kilobytes, read and written whole. */
final class SmallObjects {

  private static final int LIMIT = 1 << 20;

  private SmallObjects() {}

  /** An object's bytes together with the version that they are. */
  record Versioned(byte[] content, ObjectInfo info) {}

  static Optional<byte[]> read(ObjectStore store, String key) {
    return readVersioned(store, key).map(Versioned::content);
  }

  static Optional<Versioned> readVersioned(ObjectStore store, String key) {
    return readVersioned(store, key, LIMIT);
  }

  static Optional<Versioned> readVersioned(ObjectStore store, String key, int limit) {
    try (ObjectContent object = store.get(key, ByteRange.ALL)) {
      byte[] content = object.stream().readNBytes(limit + 1);
      if (content.length > limit) {
        throw new EngineException(
            Reason.ArchiveDamaged,
            key + " is larger than any such object can be. It was not written by pgbackup.");
      }
      requireIntact(store, object.info(), content);
      return Optional.of(new Versioned(content, object.info()));
    } catch (ObjectNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new EngineException(
          Reason.BucketUnreachable,
          "Reading " + key + " from " + store.describe() + " broke off. It is tried again later.",
          e);
    }
  }

  /** Writes an object that must not be there yet; false if it is. */
  static boolean create(ObjectStore store, String key, byte[] content) {
    try {
      put(store, key, content, PutOptions.CREATE);
      return true;
    } catch (PreconditionFailedException e) {
      return false;
    }
  }

  /** Writes an object together with its hash, by which {@link #read} knows damage. */
  static ObjectInfo put(ObjectStore store, String key, byte[] content, PutOptions options) {
    return store.put(
        key,
        List.of(ByteBuffer.wrap(content)),
        ObjectAttributes.NONE.with(ObjectAttributes.PLAIN_SHA256, Sha256.hex(content)),
        options);
  }

  private static void requireIntact(ObjectStore store, ObjectInfo info, byte[] content) {
    Optional<String> promised = info.attributes().get(ObjectAttributes.PLAIN_SHA256);
    if (promised.isPresent() && !promised.get().equals(Sha256.hex(content))) {
      throw new EngineException(
          Reason.ArchiveDamaged,
          info.key()
              + " in "
              + store.describe()
              + " does not hold what was written to it: its hash is wrong. "
              + "Bring it back from a copy or an older version of the object.");
    }
  }
}
