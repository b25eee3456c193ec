package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.WriteRight;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes WAL into the archive: each object once, and only while the archive is ours. What is there
 * already with the same bytes counts as written. For any number of threads.
 */
final class WalObjectWriter {

  private final ObjectStore store;
  private final ArchiveLayout layout;
  private final WriteRight right;
  private final WalRepacker repacker;

  WalObjectWriter(Archive archive, WriteRight right) {
    this.store = archive.store();
    this.layout = archive.layout();
    this.right = right;
    this.repacker = new WalRepacker(store);
  }

  /**
   * A tail that is stored.
   *
   * @param frames what it holds; null if that is not in memory
   */
  record WrittenTail(WalObject object, @Nullable List<WalFrame> frames) {}

  /**
   * Writes a tail.
   *
   * @throws EngineException with {@code DivergentWal} if the archive has other bytes there
   */
  WrittenTail write(SegmentImage.TailJob job) {
    Lsn from = job.from();
    MessageDigest sha256 = Sha256.digest();
    String key = layout.tail(job.segment(), from, job.to());
    WalObject object = new WalObject(key, job.segment(), from, job.to());
    if (isInMemory(job.sources())) {
      List<WalFrame> frames = new ArrayList<>();
      repacker.run(job.sources(), from, sha256, frames::add);
      put(object, frames, Sha256.hex(sha256));
      return new WrittenTail(object, List.copyOf(frames));
    }
    repacker.run(job.sources(), from, sha256, frame -> {});
    stream(object, job.sources(), Sha256.hex(sha256));
    return new WrittenTail(object, null);
  }

  /**
   * Seals a segment.
   *
   * @throws EngineException with {@code DivergentWal} if the archive has other bytes there
   */
  void write(SegmentImage.SealJob job) {
    WalSegment segment = job.segment();
    WalObject object =
        new WalObject(layout.segment(segment), segment, segment.start(), segment.end());
    if (isInMemory(job.sources())) {
      List<WalFrame> frames = new ArrayList<>();
      repacker.run(job.sources(), segment.start(), null, frames::add);
      put(object, frames, job.sha256());
    } else {
      stream(object, job.sources(), job.sha256());
    }
  }

  /** Seals a segment from tails that hold all of it. */
  void seal(WalSegment segment, List<WalObject> tails) {
    List<WalSource> sources = tails.stream().<WalSource>map(WalSource.Stored::new).toList();
    MessageDigest sha256 = Sha256.digest();
    repacker.run(sources, segment.start(), sha256, frame -> {});
    write(new SegmentImage.SealJob(segment, Sha256.hex(sha256), sources, true));
  }

  private static boolean isInMemory(List<WalSource> sources) {
    return sources.stream().allMatch(WalSource.Frames.class::isInstance);
  }

  private void put(WalObject object, List<WalFrame> frames, String sha256) {
    right.check();
    try {
      store.put(
          object.key(),
          frames.stream().map(WalFrame::bytes).toList(),
          attributes(object, sha256),
          PutOptions.CREATE);
    } catch (PreconditionFailedException e) {
      requireSame(object, sha256);
    }
  }

  private void stream(WalObject object, List<WalSource> sources, String sha256) {
    right.check();
    MessageDigest again = Sha256.digest();
    try (ObjectUpload upload =
        store.create(object.key(), attributes(object, sha256), PutOptions.CREATE)) {
      repacker.run(sources, object.from(), again, frame -> upload.write(frame.bytes()));
      if (!Sha256.hex(again).equals(sha256)) {
        throw new EngineException(
            Reason.ArchiveDamaged,
            "The tails of "
                + object.segment()
                + " in "
                + store.describe()
                + " do not hold what was written to them."
                + " Bring them back from copies or older versions of the objects.");
      }
      right.check();
      upload.commit();
    } catch (PreconditionFailedException e) {
      requireSame(object, sha256);
    }
  }

  private static ObjectAttributes attributes(WalObject object, String sha256) {
    return ObjectAttributes.NONE
        .with(ObjectAttributes.PLAIN_SHA256, sha256)
        .with(ObjectAttributes.PLAIN_SIZE, Long.toString(object.to().minus(object.from())));
  }

  private void requireSame(WalObject object, String sha256) {
    Optional<ObjectInfo> there = store.head(object.key());
    if (there.isEmpty()) {
      throw new EngineException(
          Reason.BucketUnreachable,
          object.key()
              + " was there and is gone again in "
              + store.describe()
              + ". It is written again.");
    }
    if (!there.get().attributes().get(ObjectAttributes.PLAIN_SHA256).equals(Optional.of(sha256))) {
      throw Divergence.at(object.from(), object.key() + " was written with other bytes earlier");
    }
  }

  /** Deletes tails that are of no use any more. */
  void delete(Collection<WalObject> tails) {
    store.delete(tails.stream().map(WalObject::key).toList());
  }

  /** Deletes all tails of a segment that is sealed. */
  void deleteTails(WalSegment sealed) {
    List<String> keys = store.list(layout.tails(sealed) + "/", "").map(ObjectInfo::key).toList();
    if (!keys.isEmpty()) {
      store.delete(keys);
    }
  }
}
