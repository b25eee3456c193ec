package dev.pgbackup.engine.wal.index;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The spans of an archive as objects: one zstd frame with a checksum each. */
final class IndexObjects {

  private static final int LEVEL = 3;
  private static final int LIMIT = 256 << 20;

  private final ObjectStore store;
  private final ArchiveLayout layout;

  IndexObjects(Archive archive) {
    this.store = archive.store();
    this.layout = archive.layout();
  }

  String key(IndexSpan span) {
    return span.key(layout);
  }

  /**
   * The spans of a timeline that end at {@code from} or behind it, in the order of where they
   * begin.
   */
  List<IndexSpan> list(Timeline timeline, Lsn from) {
    return store
        .list(layout.index(timeline) + "/", "")
        .flatMap(object -> IndexSpan.parse(object.key(), timeline).stream())
        .filter(span -> !span.to().isBefore(from))
        .toList();
  }

  /**
   * @throws dev.pgbackup.engine.store.ObjectNotFoundException if it was merged into a bigger one
   *     meanwhile
   * @throws EngineException with {@code ArchiveDamaged} or {@code UnsupportedArchiveVersion}
   */
  SpanContent read(IndexSpan span) {
    String key = key(span);
    byte[] frame;
    Optional<String> hash;
    try (ObjectContent object = store.get(key, ByteRange.ALL)) {
      frame = object.stream().readNBytes(LIMIT);
      hash = object.info().attributes().get(ObjectAttributes.PLAIN_SHA256);
    } catch (IOException e) {
      throw new EngineException(
          Reason.BucketUnreachable,
          "Reading " + key + " from " + store.describe() + " broke off. Try again.",
          e);
    }
    long size = Zstd.getFrameContentSize(frame);
    if (size < 0 || size > LIMIT) {
      throw SpanCodec.damaged(key, null);
    }
    byte[] plain;
    try {
      plain = Zstd.decompress(frame, (int) size);
    } catch (ZstdException e) {
      throw SpanCodec.damaged(key, e);
    }
    if (!hash.equals(Optional.of(Sha256.hex(plain)))) {
      throw SpanCodec.damaged(key, null);
    }
    return SpanCodec.decode(new EncodedSpan(span, plain), key);
  }

  void put(EncodedSpan encoded) {
    byte[] frame;
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      frame = zstd.setLevel(LEVEL).setChecksum(true).setContentSize(true).compress(encoded.plain());
    }
    try {
      store.put(
          key(encoded.span()),
          List.of(ByteBuffer.wrap(frame)),
          ObjectAttributes.NONE
              .with(ObjectAttributes.PLAIN_SHA256, Sha256.hex(encoded.plain()))
              .with(ObjectAttributes.PLAIN_SIZE, Integer.toString(encoded.plain().length)),
          PutOptions.CREATE);
    } catch (PreconditionFailedException e) {
      // the same span of the same WAL is there already
    }
  }

  void delete(IndexSpan span) {
    store.delete(List.of(key(span)));
  }
}
