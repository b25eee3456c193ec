package dev.pgbackup.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveBuilder;
import dev.pgbackup.engine.archive.content.BundleReader;
import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The bundles that are open at a time are few, however many workers there are")
class OpenBundlesTest {

  private static final BackupId BACKUP = new BackupId("20261122T140307Z-3fa9");
  private static final int WORKERS = 16;
  private static final int CHUNKS = 50;
  private static final int LENGTH = 4096;

  @TempDir private Path folder;
  private Archive archive;
  private Bundles bundles;
  private final UploadTotals totals = new UploadTotals();

  @BeforeEach
  void open() {
    archive = new ArchiveBuilder(DirectoryStore.open(folder), Clock.systemUTC()).archive();
    bundles = new Bundles(archive.layout(), BACKUP);
  }

  private List<ObjectInfo> objects() {
    return archive.store().list(archive.layout().bundles(BACKUP) + "/", "").toList();
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[LENGTH];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static List<Chunk> work(OpenBundles open, int worker) {
    List<Chunk> kept = new ArrayList<>();
    try (ChunkCodec codec = new ChunkCodec()) {
      for (int i = 0; i < CHUNKS; i++) {
        byte[] plain = content(worker * CHUNKS + i);
        kept.add(open.add(codec.hash(plain, LENGTH), LENGTH, codec.encode(plain, LENGTH)));
      }
    }
    return kept;
  }

  /** By worker. */
  private static List<List<Chunk>> workTogether(OpenBundles open) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<List<Chunk>>> working = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        int worker = i;
        working.add(threads.submit(() -> work(open, worker)));
      }
      List<List<Chunk>> kept = new ArrayList<>();
      for (Future<List<Chunk>> work : working) {
        kept.add(work.get());
      }
      return kept;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @DisplayName("each chunk lies where it is said to")
  void everyChunk() throws Exception {
    List<List<Chunk>> kept;
    try (OpenBundles open = new OpenBundles(archive.store(), bundles, totals)) {
      kept = workTogether(open);
      open.finish();
    }

    assertThat(objects()).hasSizeBetween(1, 2);
    assertThat(totals.storedBytes())
        .isEqualTo(objects().stream().mapToLong(ObjectInfo::size).sum());
    Set<Integer> found = new HashSet<>();
    try (BundleReader reader = new BundleReader(archive.store())) {
      for (int worker = 0; worker < WORKERS; worker++) {
        for (int i = 0; i < CHUNKS; i++) {
          int seed = worker * CHUNKS + i;
          Chunk chunk = kept.get(worker).get(i);
          String key = archive.layout().root() + "/" + bundles.keys().get(chunk.b());
          reader.read(key, List.of(chunk), new Expected(seed, found));
        }
      }
    }
    assertThat(found).hasSize(WORKERS * CHUNKS);
  }

  private record Expected(int seed, Set<Integer> found) implements BundleReader.Sink {

    @Override
    public void intact(Chunk chunk, byte[] plain) {
      if (ByteBuffer.wrap(plain, 0, chunk.n()).equals(ByteBuffer.wrap(content(seed)))) {
        found.add(seed);
      }
    }

    @Override
    public void damaged(Chunk chunk) {
      throw new AssertionError(chunk);
    }
  }

  @Test
  @DisplayName("what is not finished leaves nothing")
  void notFinished() throws Exception {
    try (OpenBundles open = new OpenBundles(archive.store(), bundles, totals)) {
      workTogether(open);
    }
    assertThat(objects()).isEmpty();
  }

  @Test
  @DisplayName("a backup without chunks has no bundle")
  void nothingToKeep() {
    try (OpenBundles open = new OpenBundles(archive.store(), bundles, totals)) {
      open.finish();
    }
    assertThat(objects()).isEmpty();
  }
}
