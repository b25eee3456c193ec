package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.WriteRight;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.Sha256;
import dev.pgbackup.engine.wal.transport.WalTransport;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes damaged objects of a segment again, where the server still has their bytes.
 *
 * <p>What an object has to hold is known by the hash in its attributes. Only bytes of that hash are
 * written under its name, so that no name ever stands for other content.
 */
final class WalMender {

  private static final Logger LOG = LoggerFactory.getLogger(WalMender.class);
  private static final int PIECE = 256 << 10;

  private final StoreArchivedWal archived;
  private final ObjectStore store;
  private final WriteRight right;
  private final WalTransport server;

  WalMender(Archive archive, WriteRight right, WalTransport server) {
    this.archived = new StoreArchivedWal(archive);
    this.store = archive.store();
    this.right = right;
    this.server = server;
  }

  /**
   * Mends what can be mended.
   *
   * @return whether anything was
   */
  boolean mend(WalSegment segment) {
    List<WalObject> damaged =
        archived.objects(segment).stream().filter(object -> !isWhole(object)).toList();
    return damaged.stream().filter(this::mend).count() > 0;
  }

  private boolean isWhole(WalObject object) {
    try {
      archived.check(object);
      return true;
    } catch (EngineException e) {
      if (e.reason() != Reason.ArchiveDamaged) {
        throw e;
      }
      return false;
    }
  }

  private boolean mend(WalObject object) {
    Optional<String> promised =
        store
            .head(object.key())
            .map(ObjectInfo::attributes)
            .flatMap(attributes -> attributes.get(ObjectAttributes.PLAIN_SHA256));
    if (promised.isEmpty() || !hashOnServer(object).equals(promised)) {
      LOG.error("{} is damaged, and the server does not have what it held any more.", object.key());
      return false;
    }
    right.check();
    store.delete(List.of(object.key()));
    write(object, promised.get());
    LOG.warn("{} was damaged. It is written again, from what the server has.", object.key());
    return true;
  }

  private Optional<String> hashOnServer(WalObject object) {
    MessageDigest sha256 = Sha256.digest();
    return read(object, sha256::update) ? Optional.of(Sha256.hex(sha256)) : Optional.empty();
  }

  private void write(WalObject object, String sha256) {
    ObjectAttributes attributes =
        ObjectAttributes.NONE
            .with(ObjectAttributes.PLAIN_SHA256, sha256)
            .with(ObjectAttributes.PLAIN_SIZE, Long.toString(object.to().minus(object.from())));
    try (ObjectUpload upload = store.create(object.key(), attributes, PutOptions.CREATE);
        FramePacker packer = new FramePacker(object.from(), frame -> upload.write(frame.bytes()))) {
      if (!read(object, packer::add)) {
        throw new EngineException(
            Reason.DatabaseUnreachable,
            "The server has thrown away the WAL of "
                + object.key()
                + " while it was being written again.");
      }
      packer.cut();
      upload.commit();
    }
  }

  /** Hands over what the server has of an object; false if that is not all of it. */
  private boolean read(WalObject object, Consumer<ByteBuffer> sink) {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    Lsn position = object.from();
    while (position.isBefore(object.to())) {
      piece.clear().limit((int) Math.min(PIECE, object.to().minus(position)));
      if (!server.read(object.segment(), position, piece)) {
        return false;
      }
      position = position.plus(piece.position());
      sink.accept(piece.flip());
    }
    return true;
  }
}
