package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.content.BundleReader;
import dev.pgbackup.engine.archive.content.FileListReader;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.verify.Finding.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Verifies the bundles of several backups: each is read once, whoever refers to it.
 *
 * <p>Chunks are held in memory for a bounded number of bundles at a time; the lists of files are
 * read again for the next ones.
 */
final class BundleVerification {

  private static final int CHUNKS_AT_A_TIME = 50_000;

  /** Who uses a chunk: one file of it is named. */
  private static final class Use {
    private final String file;
    private final Set<BackupId> backups = new TreeSet<>();

    Use(String file) {
      this.file = file;
    }
  }

  private final Archive archive;
  private final List<BackupManifest> manifests;
  private final Sample sample;
  private final Findings findings;
  private final Progress progress;

  /**
   * @param manifests whose lists of files can be read
   */
  BundleVerification(
      Archive archive,
      List<BackupManifest> manifests,
      Sample sample,
      Findings findings,
      Progress progress) {
    this.archive = archive;
    this.manifests = manifests;
    this.sample = sample;
    this.findings = findings;
    this.progress = progress;
  }

  void run() {
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (BackupManifest manifest : manifests) {
      references(
          manifest,
          reference -> {
            counts.merge(reference.bundle(), 1, Integer::sum);
            if (isChosen(reference)) {
              progress.expect(reference.chunk().s());
            }
          });
    }
    List<String> group = new ArrayList<>();
    int size = 0;
    for (Map.Entry<String, Integer> bundle : counts.entrySet()) {
      if (!group.isEmpty() && size + bundle.getValue() > CHUNKS_AT_A_TIME) {
        verify(group);
        group.clear();
        size = 0;
      }
      group.add(bundle.getKey());
      size += bundle.getValue();
    }
    if (!group.isEmpty()) {
      verify(group);
    }
  }

  /** Every chunk that a backup's list refers to and that is stored, in the order of the list. */
  private void references(BackupManifest manifest, Consumer<ChunkReference> sink) {
    FileListReader.read(
        archive,
        manifest,
        file -> {
          for (Chunk chunk : file.chunks()) {
            if (!chunk.isZero()) {
              sink.accept(
                  new ChunkReference(manifest.files().bundles().get(chunk.b()), chunk, file));
            }
          }
        });
  }

  private boolean isChosen(ChunkReference reference) {
    return sample.has(reference.bundle(), reference.chunk().o());
  }

  private void verify(List<String> bundles) {
    Map<String, Map<Chunk, Use>> chunks = new HashMap<>();
    bundles.forEach(bundle -> chunks.put(bundle, new HashMap<>()));
    for (BackupManifest manifest : manifests) {
      references(
          manifest,
          reference ->
              Optional.ofNullable(chunks.get(reference.bundle()))
                  .ifPresent(
                      uses ->
                          uses.computeIfAbsent(
                                  asStored(reference.chunk()),
                                  any -> new Use(reference.file().path()))
                              .backups
                              .add(manifest.backupId())));
    }
    for (String bundle : bundles) {
      verify(bundle, Optional.ofNullable(chunks.remove(bundle)).orElse(Map.of()));
    }
  }

  /** The bundle's number in a list differs between the lists of several backups. */
  private static Chunk asStored(Chunk chunk) {
    return new Chunk(chunk.n(), chunk.h(), 0, chunk.o(), chunk.s(), chunk.e());
  }

  private void verify(String bundle, Map<Chunk, Use> chunks) {
    String key = archive.layout().root() + "/" + bundle;
    Set<BackupId> users = new TreeSet<>();
    chunks.values().forEach(use -> users.addAll(use.backups));
    progress.looked(key);
    Optional<ObjectInfo> info = archive.store().head(key);
    if (info.isEmpty()) {
      findings.add(key, Problem.Missing, "a bundle of chunks is not in the store", users);
      return;
    }
    long size = info.get().size();
    long needed =
        chunks.keySet().stream().mapToLong(chunk -> chunk.o() + chunk.s()).max().orElse(0);
    if (size < needed) {
      findings.add(
          key,
          Problem.WrongSize,
          "has " + size + " bytes, but chunks reach to byte " + needed,
          users);
    }
    List<Chunk> chosen =
        chunks.keySet().stream()
            .filter(chunk -> chunk.o() + chunk.s() <= size && sample.has(bundle, chunk.o()))
            .sorted(Comparator.comparingLong(Chunk::o).thenComparingInt(Chunk::s))
            .toList();
    try (BundleReader reader = new BundleReader(archive.store())) {
      reader.read(key, chosen, new Check(key, chunks));
    }
  }

  /** Notes of each chunk whether it is what was written. */
  private final class Check implements BundleReader.Sink {

    private final String key;
    private final Map<Chunk, Use> chunks;

    Check(String key, Map<Chunk, Use> chunks) {
      this.key = key;
      this.chunks = chunks;
    }

    @Override
    public void intact(Chunk chunk, byte[] plain) {
      progress.read(key, chunk, true);
    }

    @Override
    public void damaged(Chunk chunk) {
      Use use = chunks.get(chunk);
      if (use != null) {
        findings.add(
            key,
            Problem.Damaged,
            "the chunk at byte "
                + chunk.o()
                + " is not what was written; it belongs to "
                + use.file,
            use.backups);
      }
      progress.read(key, chunk, false);
    }
  }
}
