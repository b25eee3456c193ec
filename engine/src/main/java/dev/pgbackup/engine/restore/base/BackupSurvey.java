package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.postgres.control.ControlFile;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a backup's list of files amounts to. */
final class BackupSurvey {

  private final Placement placement;
  private final Map<Optional<Long>, Long> stored = new TreeMap<>(BackupSurvey::compare);
  private final Set<String> tablespaceFolders = new HashSet<>();
  private long bytes;
  private long files;
  private @Nullable FileEntry controlFile;

  BackupSurvey(Placement placement) {
    this.placement = placement;
  }

  private static int compare(Optional<Long> a, Optional<Long> b) {
    return Long.compareUnsigned(a.orElse(0L), b.orElse(0L));
  }

  void add(FileEntry entry) {
    if (entry.kind() == FileEntry.Kind.File) {
      files++;
      bytes += entry.size();
      long notZero =
          entry.chunks().stream().filter(chunk -> !chunk.isZero()).mapToLong(Chunk::n).sum();
      stored.merge(placement.tablespaceOf(entry.path()), notZero, Long::sum);
      if (entry.path().equals(ControlFile.PATH)) {
        controlFile = entry;
      }
    } else if (placement.tablespaceOf(entry.path()).isPresent()) {
      String[] parts = entry.path().split("/", -1);
      if (parts.length == 3) {
        tablespaceFolders.add(parts[2]);
      }
    }
  }

  long bytes() {
    return bytes;
  }

  long files() {
    return files;
  }

  /** Bytes that are not zeros, by tablespace; empty: the data directory itself. */
  Map<Optional<Long>, Long> stored() {
    return stored;
  }

  /** The folders in tablespaces' places that belong to the cluster. */
  Set<String> tablespaceFolders() {
    return tablespaceFolders;
  }

  Optional<FileEntry> controlFile() {
    return Optional.ofNullable(controlFile);
  }
}
