package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.content.BundleWriter;
import dev.pgbackup.engine.archive.content.ChunkHash;
import dev.pgbackup.engine.archive.content.EncodedChunk;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles that are written at a time. They are few, however many workers pack chunks, since
 * each takes the memory of an upload's part; a worker has one only while it appends a chunk. For
 * any number of threads.
 */
final class OpenBundles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OpenBundles.class);

  /** One less than a store has part buffers: one is left for WAL. */
  private static final int MOST = 2;

  private final ObjectStore store;
  private final Bundles bundles;
  private final UploadTotals totals;
  private final Semaphore permits = new Semaphore(MOST, true);
  private final Deque<Lane> free = new ArrayDeque<>();

  /** A bundle that is open, once something was appended, and those that follow it. */
  private final class Lane {

    private @Nullable BundleWriter open;
    private int number;

    Chunk add(ChunkHash hash, int length, EncodedChunk encoded) {
      BundleWriter bundle = open;
      if (bundle != null && !bundle.hasRoom(encoded.bytes().remaining())) {
        finish();
        bundle = null;
      }
      if (bundle == null) {
        Bundles.Own own = bundles.begin();
        bundle = new BundleWriter(store, own.key());
        open = bundle;
        number = own.number();
      }
      return bundle.add(hash, length, encoded, number);
    }

    void finish() {
      BundleWriter bundle = open;
      if (bundle != null) {
        totals.storedBytes(bundle.commit());
        bundle.close();
        open = null;
      }
    }

    void giveUp() {
      BundleWriter bundle = open;
      if (bundle != null) {
        open = null;
        bundle.close();
      }
    }
  }

  OpenBundles(ObjectStore store, Bundles bundles, UploadTotals totals) {
    this.store = store;
    this.bundles = bundles;
    this.totals = totals;
  }

  /**
   * Appends a chunk to one of them; waits while others append to all of them.
   *
   * @return where the chunk lies
   */
  Chunk add(ChunkHash hash, int length, EncodedChunk encoded) {
    Lane lane = take();
    try {
      return lane.add(hash, length, encoded);
    } finally {
      giveBack(lane);
    }
  }

  private Lane take() {
    try {
      permits.acquire();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new EngineException(
          Reason.Interrupted, "The backup was interrupted while copying.", interrupted);
    }
    synchronized (free) {
      Lane last = free.pollFirst();
      return last == null ? new Lane() : last;
    }
  }

  private void giveBack(Lane lane) {
    synchronized (free) {
      free.addFirst(lane);
    }
    permits.release();
  }

  /** Those that nobody appends to. */
  private List<Lane> idle() {
    synchronized (free) {
      return new ArrayList<>(free);
    }
  }

  /** Publishes what was begun; nobody appends any more. */
  void finish() {
    idle().forEach(Lane::finish);
  }

  /** Publishes what can be published of it: the next backup may need it. */
  void salvage() {
    for (Lane lane : idle()) {
      try {
        lane.finish();
      } catch (EngineException | IllegalStateException failure) {
        LOG.debug("a bundle of a backup that was cut off is given up", failure);
      }
    }
  }

  /** Gives up what was not finished. */
  @Override
  public void close() {
    idle().forEach(Lane::giveUp);
  }
}
