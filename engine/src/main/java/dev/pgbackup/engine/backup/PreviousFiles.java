package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.content.FileListReader;
import dev.pgbackup.engine.archive.content.FileListWriter;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the previous backup, read alongside the server's in the same order, so that one
 * entry is held at a time.
 */
final class PreviousFiles implements TaskPlanner.Earlier, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PreviousFiles.class);

  private final @Nullable FileListReader reader;
  private final List<String> bundles;
  private Optional<FileEntry> next = Optional.empty();

  private PreviousFiles(@Nullable FileListReader reader, List<String> bundles) {
    this.reader = reader;
    this.bundles = bundles;
    if (reader != null) {
      next = reader.next();
    }
  }

  /** Opens the list of a backup; one that is damaged is as good as none. */
  static PreviousFiles open(Archive archive, Optional<BackupManifest> previous, Path folder) {
    if (previous.isEmpty()) {
      return new PreviousFiles(null, List.of());
    }
    BackupManifest manifest = previous.get();
    try {
      return new PreviousFiles(
          FileListReader.openCopy(archive, manifest, folder), manifest.files().bundles());
    } catch (EngineException failure) {
      if (failure.reason() != Reason.ArchiveDamaged) {
        throw failure;
      }
      LOG.warn(
          "Everything is uploaded, since the list of files of backup {} is of no use: {}",
          manifest.backupId(),
          failure.getMessage());
      return new PreviousFiles(null, List.of());
    }
  }

  /** To which its chunks refer by position. */
  List<String> bundles() {
    return bundles;
  }

  /** To be called in the order of the paths. */
  @Override
  public List<Chunk> chunks(SourceFile file) {
    FileListReader list = reader;
    while (list != null && next.isPresent()) {
      int order = FileListWriter.compare(next.get().path(), file.path());
      if (order == 0) {
        return next.get().chunks();
      }
      if (order > 0) {
        return List.of();
      }
      next = list.next();
    }
    return List.of();
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
