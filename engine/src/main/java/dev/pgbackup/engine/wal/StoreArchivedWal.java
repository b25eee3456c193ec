package dev.pgbackup.engine.wal;

import com.github.luben.zstd.ZstdInputStream;
import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectContent;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The WAL of an archive in an object store.
 *
 * <p>Positions are found by listing one folder of 4 GiB after the other, so one request for up to a
 * thousand objects. Bytes are handed over before the object's hash is known: when {@link #read}
 * fails, what it handed over must not be used.
 */
public final class StoreArchivedWal implements ArchivedWal {

  private static final int PIECE = 256 << 10;
  private static final int LOOKS = 5;
  private static final Lsn NO_LIMIT = new Lsn(-1);

  private final Archive archive;
  private final ObjectStore store;
  private final ArchiveLayout layout;
  private final WalSegmentSize size;

  public StoreArchivedWal(Archive archive) {
    this.archive = archive;
    this.store = archive.store();
    this.layout = archive.layout();
    this.size = archive.segmentSize();
  }

  @Override
  public Lsn contiguousEnd(Timeline timeline, Lsn from) {
    return contiguousEnd(timeline, from, NO_LIMIT);
  }

  @Override
  public Lsn contiguousEnd(Timeline timeline, Lsn from, Lsn limit) {
    Lsn end = from;
    while (end.isBefore(limit)) {
      // A tail may have been replaced by a bigger one, or by the sealed segment, behind the
      // listing's back.
      Lsn again = walk(timeline, end, limit);
      if (again.equals(end)) {
        return end;
      }
      end = again;
    }
    return Lsn.min(end, limit);
  }

  private Lsn walk(Timeline timeline, Lsn from, Lsn limit) {
    Lsn end = from;
    while (true) {
      Lsn reached = end;
      for (WalObject object : (Iterable<WalObject>) log(timeline, end)::iterator) {
        if (object.from().isAfter(reached)) {
          return reached;
        }
        reached = Lsn.max(reached, object.to());
        if (!reached.isBefore(limit)) {
          return reached;
        }
      }
      boolean atBoundary = (reached.value() & 0xFFFFFFFFL) == 0;
      if (reached.equals(end) || !atBoundary) {
        return reached;
      }
      end = reached;
    }
  }

  /** The objects of the 4 GiB that hold {@code from}, from its segment on, in order. */
  private Stream<WalObject> log(Timeline timeline, Lsn from) {
    WalSegment segment = WalSegment.containing(timeline, from, size);
    String key = layout.segment(segment);
    String folder = key.substring(0, key.lastIndexOf('/') + 1);
    String startAfter = "";
    if (!segment.segmentHex().equals("00000000")) {
      // "z" sorts behind everything that can follow the name of the segment before
      startAfter =
          layout.segment(WalSegment.containing(timeline, segment.start().plus(-1), size))
              + ".tail/z";
    }
    return store
        .list(folder, startAfter)
        .flatMap(o -> WalObject.parse(o.key(), timeline, size).stream());
  }

  /** The objects that hold WAL of one segment, the sealed one first. */
  public List<WalObject> objects(WalSegment segment) {
    String prefix = layout.segment(segment);
    return store
        .list(prefix, "")
        .flatMap(o -> WalObject.parse(o.key(), segment.timeline(), size).stream())
        .toList();
  }

  /**
   * The objects in the last folder of 4 GiB that has any; empty if the archive has no WAL of the
   * timeline.
   */
  List<WalObject> newest(Timeline timeline) {
    List<String> logs = store.listFolders(layout.wal(timeline));
    if (logs.isEmpty()) {
      return List.of();
    }
    String folder = layout.wal(timeline) + "/" + logs.get(logs.size() - 1) + "/";
    return store
        .list(folder, "")
        .flatMap(o -> WalObject.parse(o.key(), timeline, size).stream())
        .toList();
  }

  /**
   * The position behind the last byte that the archive has of a timeline, whatever is missing
   * before.
   */
  public Optional<Lsn> newestEnd(Timeline timeline) {
    return newest(timeline).stream().map(WalObject::to).max(Comparator.naturalOrder());
  }

  /** The first position behind {@code gap} whose byte the archive has. */
  public Optional<Lsn> nextAfter(Timeline timeline, Lsn gap) {
    WalSegment segment = WalSegment.containing(timeline, gap, size);
    String folder = layout.wal(timeline) + "/";
    return store
        .list(folder, folder + segment.logHex() + "/")
        .flatMap(o -> WalObject.parse(o.key(), timeline, size).stream())
        .filter(object -> object.to().isAfter(gap))
        .map(object -> Lsn.max(object.from(), gap))
        .findFirst();
  }

  /**
   * The position of a byte that the archive has, at least 4 GiB before the last one where there is
   * so much; empty if the archive has no WAL of the timeline.
   */
  Optional<Lsn> beforeNewest(Timeline timeline) {
    List<String> logs = store.listFolders(layout.wal(timeline));
    if (logs.isEmpty()) {
      return Optional.empty();
    }
    return store
        .list(layout.wal(timeline) + "/" + logs.get(Math.max(0, logs.size() - 2)) + "/", "")
        .flatMap(o -> WalObject.parse(o.key(), timeline, size).stream())
        .findFirst()
        .map(WalObject::from);
  }

  @Override
  public void read(Timeline timeline, Lsn from, Lsn to, Consumer<ByteBuffer> sink) {
    Lsn position = from;
    int looks = 0;
    while (position.isBefore(to)) {
      WalSegment segment = WalSegment.containing(timeline, position, size);
      WalObject object = best(objects(segment), position);
      if (object == null) {
        looks++;
        if (looks >= LOOKS) {
          throw missing(timeline, position);
        }
        continue;
      }
      try {
        Lsn end = Lsn.min(to, object.to());
        copy(object, position, end, sink);
        position = end;
        looks = 0;
      } catch (ObjectNotFoundException e) {
        looks++;
        if (looks >= LOOKS) {
          throw missing(timeline, position);
        }
      }
    }
  }

  private static @Nullable WalObject best(List<WalObject> objects, Lsn position) {
    return objects.stream()
        .filter(object -> object.contains(position))
        .max(Comparator.comparing(WalObject::to))
        .orElse(null);
  }

  private static EngineException missing(Timeline timeline, Lsn position) {
    return new EngineException(
        Reason.WalGapInRange,
        "The archive does not have the WAL of timeline "
            + timeline
            + " at "
            + position
            + ". Choose a target before it, or one behind it with a base backup of its own.");
  }

  private void copy(WalObject object, Lsn from, Lsn to, Consumer<ByteBuffer> sink) {
    long skip = from.minus(object.from());
    long wanted = to.minus(from);
    long length = object.to().minus(object.from());
    MessageDigest sha256 = Sha256.digest();
    byte[] piece = new byte[PIECE];
    long position = 0;
    try (ObjectContent content = store.get(object.key(), ByteRange.ALL);
        InputStream plain = new ZstdInputStream(content.stream())) {
      int n;
      while ((n = plain.read(piece)) >= 0) {
        sha256.update(piece, 0, n);
        long begin = Math.max(position, skip);
        long end = Math.min(position + n, skip + wanted);
        if (begin < end && position + n <= length) {
          sink.accept(
              ByteBuffer.wrap(piece, (int) (begin - position), (int) (end - begin))
                  .asReadOnlyBuffer());
        }
        position += n;
      }
      String hash = Sha256.hex(sha256);
      Optional<String> promised = content.info().attributes().get(ObjectAttributes.PLAIN_SHA256);
      if (position != length || !promised.map(hash::equals).orElse(false)) {
        throw damaged(object, null);
      }
    } catch (com.github.luben.zstd.ZstdIOException e) {
      throw damaged(object, e);
    } catch (IOException e) {
      throw new EngineException(
          Reason.BucketUnreachable,
          "Reading " + object.key() + " from " + store.describe() + " broke off. Try again.",
          e);
    }
  }

  /**
   * Reads an object and throws its bytes away.
   *
   * @return its plain bytes
   * @throws EngineException with {@code ArchiveDamaged} if it does not hash right
   * @throws ObjectNotFoundException if it has vanished
   */
  public long check(WalObject object) {
    copy(object, object.from(), object.to(), bytes -> {});
    return object.to().minus(object.from());
  }

  private EngineException damaged(WalObject object, @Nullable Exception cause) {
    return new EngineException(
        Reason.ArchiveDamaged,
        object.key()
            + " in "
            + store.describe()
            + " does not hold the WAL that was written to it: size or hash is wrong. "
            + "Bring it back from a copy or an older version of the object, "
            + "or restore to a target before "
            + object.from()
            + ".",
        cause);
  }

  @Override
  public Optional<TimelineHistory> history(Timeline timeline) {
    return archive.timelines().history(timeline);
  }
}
