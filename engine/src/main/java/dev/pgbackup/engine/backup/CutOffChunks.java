package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.content.BundleDirectory;
import dev.pgbackup.engine.archive.content.ChunkHash;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chunks in the bundles of backups that were cut off, found by their hashes. Used by all
 * workers once it is loaded.
 *
 * <p>Of a chunk 16 bytes are held: the beginning of its hash, its bundle and its position there.
 * The rest is read from the bundle's directory when the beginning fits; since such bundles are
 * filled in about the order in which files are read, few directories are needed at a time.
 */
final class CutOffChunks {

  private static final Logger LOG = LoggerFactory.getLogger(CutOffChunks.class);

  /** 16 MiB at most, and a terabyte of a database. */
  static final int MOST_CHUNKS = 1 << 20;

  private static final int DIRECTORIES = 16;

  private final Archive archive;
  private final int most;
  private final List<ObjectInfo> bundles = new ArrayList<>();
  private final Map<Integer, BundleDirectory> directories =
      new LinkedHashMap<>(DIRECTORIES, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, BundleDirectory> eldest) {
          return size() > DIRECTORIES;
        }
      };
  private long[] beginnings = new long[1 << 10];
  private int[] bundleOf = new int[1 << 10];
  private int[] positions = new int[1 << 10];
  private int count;

  /**
   * A chunk in a bundle.
   *
   * @param bundle key relative to the archive's folder
   */
  record Found(String bundle, BundleDirectory.Entry entry) {}

  private CutOffChunks(Archive archive, int most) {
    this.archive = archive;
    this.most = most;
  }

  /**
   * Reads the directories of all bundles of some backups.
   *
   * @param backups the first ones are of the most use
   */
  static CutOffChunks load(Archive archive, List<BackupId> backups) {
    return load(archive, backups, MOST_CHUNKS);
  }

  static CutOffChunks load(Archive archive, List<BackupId> backups, int most) {
    CutOffChunks chunks = new CutOffChunks(archive, most);
    for (BackupId backup : backups) {
      archive
          .store()
          .list(archive.layout().bundles(backup) + "/", "")
          .takeWhile(any -> chunks.count < most)
          .forEach(chunks::add);
    }
    if (chunks.count > 0) {
      LOG.info(
          "{} chunks of {} backups that were cut off need not be uploaded again.",
          chunks.count,
          backups.size());
    }
    return chunks;
  }

  private void add(ObjectInfo bundle) {
    BundleDirectory directory;
    try {
      directory = BundleDirectory.read(archive.store(), bundle.key(), bundle.size());
    } catch (ObjectNotFoundException deleted) {
      return;
    } catch (EngineException failure) {
      if (failure.reason() != Reason.ArchiveDamaged
          && failure.reason() != Reason.UnsupportedArchiveVersion) {
        throw failure;
      }
      LOG.warn("What is in a bundle is uploaded again: {}", failure.getMessage());
      return;
    }
    int number = bundles.size();
    bundles.add(bundle);
    for (int i = 0; i < directory.size() && count < most; i++) {
      insert(beginning(directory.entry(i).hash()), number, i);
    }
  }

  private void insert(long beginning, int bundle, int position) {
    if (count >= beginnings.length / 4 * 3) {
      grow();
    }
    place(beginning, bundle, position);
    count++;
  }

  private void place(long beginning, int bundle, int position) {
    int slot = slot(beginning);
    while (beginnings[slot] != 0) {
      slot = next(slot);
    }
    beginnings[slot] = beginning;
    bundleOf[slot] = bundle;
    positions[slot] = position;
  }

  private void grow() {
    long[] oldBeginnings = beginnings;
    int[] oldBundles = bundleOf;
    int[] oldPositions = positions;
    beginnings = new long[oldBeginnings.length * 2];
    bundleOf = new int[beginnings.length];
    positions = new int[beginnings.length];
    for (int i = 0; i < oldBeginnings.length; i++) {
      if (oldBeginnings[i] != 0) {
        place(oldBeginnings[i], oldBundles[i], oldPositions[i]);
      }
    }
  }

  /** Where a chunk lies; empty if no such bundle has it. */
  Optional<Found> find(ChunkHash hash, int plainSize) {
    long beginning = beginning(hash);
    for (int slot = slot(beginning); beginnings[slot] != 0; slot = next(slot)) {
      if (beginnings[slot] == beginning) {
        Optional<Found> found = find(bundleOf[slot], positions[slot], hash, plainSize);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Found> find(int bundle, int position, ChunkHash hash, int plainSize) {
    try {
      BundleDirectory.Entry entry = directory(bundle).entry(position);
      if (entry.hash().equals(hash) && entry.plainSize() == plainSize) {
        String key = bundles.get(bundle).key();
        return Optional.of(new Found(key.substring(archive.layout().root().length() + 1), entry));
      }
    } catch (ObjectNotFoundException deleted) {
      LOG.warn("A bundle of a backup that was cut off has vanished: {}", deleted.getMessage());
    }
    return Optional.empty();
  }

  private BundleDirectory directory(int bundle) {
    synchronized (directories) {
      BundleDirectory known = directories.get(bundle);
      if (known == null) {
        ObjectInfo object = bundles.get(bundle);
        known = BundleDirectory.read(archive.store(), object.key(), object.size());
        directories.put(bundle, known);
      }
      return known;
    }
  }

  int size() {
    return count;
  }

  private static long beginning(ChunkHash hash) {
    return hash.a() == 0 ? 1 : hash.a();
  }

  private int slot(long beginning) {
    return (int) beginning & (beginnings.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (beginnings.length - 1);
  }
}
