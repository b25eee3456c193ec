package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.content.BundleReader;
import dev.pgbackup.engine.archive.content.ChunkCodec;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ObjectNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Brings files into the state of a backup: looks which of their chunks are not there yet, fetches
 * those by few ranged requests, verifies each and writes it in its place.
 *
 * <p>Files go through in batches, so that memory does not grow with the backup: while one is
 * fetched the next is looked at.
 */
final class Extraction implements AutoCloseable {

  private static final long BATCH_BYTES = 256L << 20;
  private static final int BATCH_CHUNKS = 8192;
  private static final int LOOKED_AT_TOGETHER = 32;
  private static final byte[] ZEROS = new byte[Chunk.SIZE];

  private final Archive archive;
  private final BackupManifest manifest;
  private final Placement placement;
  private final Modes modes;
  private final Tally tally;
  private final Syncing syncing;
  private final Workers workers;
  private List<WantedChunk> batch = new ArrayList<>();
  private long batchBytes;

  Extraction(
      Archive archive,
      BackupManifest manifest,
      Placement placement,
      int parallelism,
      Tally tally,
      Syncing syncing) {
    this.archive = archive;
    this.manifest = manifest;
    this.placement = placement;
    this.modes = Modes.of(manifest.server().dataDirectoryMode());
    this.tally = tally;
    this.syncing = syncing;
    this.workers = new Workers("pgbackup-restore", parallelism);
  }

  /** Takes a file. */
  void add(FileEntry entry) {
    RestoredFile file =
        new RestoredFile(
            entry.path(),
            placement.of(entry.path()),
            entry.size(),
            Math.max(1, entry.chunks().size()));
    if (entry.chunks().isEmpty()) {
      try (FileWriter writer = new FileWriter(modes)) {
        pieceDone(file, writer);
      }
      return;
    }
    boolean there = Files.isRegularFile(file.path(), LinkOption.NOFOLLOW_LINKS);
    List<WantedChunk> chunks = new ArrayList<>();
    long offset = 0;
    for (Chunk chunk : entry.chunks()) {
      chunks.add(new WantedChunk(chunk, file, offset));
      offset += chunk.n();
    }
    if (there) {
      lookAt(chunks);
    } else {
      want(chunks);
    }
    fetchFullBatch();
  }

  private void lookAt(List<WantedChunk> chunks) {
    for (int from = 0; from < chunks.size(); from += LOOKED_AT_TOGETHER) {
      List<WantedChunk> some =
          chunks.subList(from, Math.min(chunks.size(), from + LOOKED_AT_TOGETHER));
      workers.submit(() -> compare(some));
    }
  }

  /** Keeps what is as it shall be, writes zeros where they are missing, and wants the rest. */
  private void compare(List<WantedChunk> chunks) {
    RestoredFile file = chunks.get(0).file();
    List<WantedChunk> missing = new ArrayList<>();
    try (ChunkCodec codec = new ChunkCodec();
        LocalFile local = new LocalFile(file, codec, new byte[Chunk.SIZE]);
        FileWriter writer = new FileWriter(modes)) {
      for (WantedChunk wanted : chunks) {
        Chunk chunk = wanted.chunk();
        if (!local.has(chunk, wanted.offset())) {
          if (!chunk.isZero()) {
            missing.add(wanted);
            continue;
          }
          writer.write(file, wanted.offset(), ZEROS, chunk.n());
        }
        tally.present(chunk.n());
        pieceDone(file, writer);
      }
    }
    collect(missing);
  }

  private void want(List<WantedChunk> chunks) {
    List<WantedChunk> stored = new ArrayList<>();
    for (WantedChunk wanted : chunks) {
      if (wanted.chunk().isZero()) {
        tally.present(wanted.chunk().n());
        try (FileWriter writer = new FileWriter(modes)) {
          pieceDone(wanted.file(), writer);
        }
      } else {
        stored.add(wanted);
      }
    }
    collect(stored);
  }

  private synchronized void collect(List<WantedChunk> chunks) {
    batch.addAll(chunks);
    batchBytes += chunks.stream().mapToLong(wanted -> wanted.chunk().n()).sum();
  }

  private void fetchFullBatch() {
    List<WantedChunk> full = takeBatch(BATCH_BYTES, BATCH_CHUNKS);
    ChunkRun.of(full).forEach(run -> workers.submit(() -> fetch(run)));
  }

  private synchronized List<WantedChunk> takeBatch(long bytes, int chunks) {
    if (batchBytes < bytes && batch.size() < chunks) {
      return Collections.emptyList();
    }
    List<WantedChunk> taken = batch;
    batch = new ArrayList<>();
    batchBytes = 0;
    return taken;
  }

  private void fetch(ChunkRun run) {
    String bundle = archive.layout().root() + "/" + manifest.files().bundles().get(run.bundle());
    List<Chunk> chunks = run.chunks().stream().map(WantedChunk::chunk).toList();
    try (BundleReader reader = new BundleReader(archive.store());
        FileWriter writer = new FileWriter(modes)) {
      reader.read(bundle, chunks, new Fetched(run, bundle, writer));
    } catch (ObjectNotFoundException e) {
      throw new EngineException(
          Reason.ArchiveDamaged,
          "The bundle "
              + bundle
              + " is gone, and with it parts of "
              + run.chunks().get(0).file().name()
              + ". Bring it back from a copy, or restore from another backup; `pgbackup verify` shows what else is"
              + " affected.",
          e);
    }
  }

  /** Puts what comes in its place. */
  private final class Fetched implements BundleReader.Sink {

    private final ChunkRun run;
    private final String bundle;
    private final FileWriter writer;
    private int next;

    Fetched(ChunkRun run, String bundle, FileWriter writer) {
      this.run = run;
      this.bundle = bundle;
      this.writer = writer;
    }

    @Override
    public void intact(Chunk chunk, byte[] plain) {
      WantedChunk wanted = run.chunks().get(next++);
      writer.write(wanted.file(), wanted.offset(), plain, chunk.n());
      tally.fetched(chunk.n(), chunk.s());
      pieceDone(wanted.file(), writer);
    }

    @Override
    public void damaged(Chunk chunk) {
      WantedChunk wanted = run.chunks().get(next++);
      throw new EngineException(
          Reason.ArchiveDamaged,
          "What "
              + bundle
              + " holds for "
              + wanted.file().name()
              + " at byte "
              + wanted.offset()
              + " is not what was backed up: its hash is wrong. Bring the object back from a copy, or restore from"
              + " another backup; `pgbackup verify` shows what else is affected.");
    }
  }

  private void pieceDone(RestoredFile file, FileWriter writer) {
    if (file.pieceDone()) {
      writer.finish(file);
      tally.whole();
      syncing.add(file.path(), file.size());
    }
  }

  /** Returns when all files that were added are as they shall be. */
  void finish() {
    workers.await();
    ChunkRun.of(takeBatch(0, 0)).forEach(run -> workers.submit(() -> fetch(run)));
    workers.await();
    tally.tell();
  }

  @Override
  public void close() {
    workers.close();
  }
}
