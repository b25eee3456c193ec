package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Whether there is room for a backup, on every file system that it goes to. */
final class SpaceCheck {

  /** What comes to one file system. */
  private static final class Need {
    private final Path example;
    private long bytes;

    Need(Path example) {
      this.example = example;
    }
  }

  private final Map<FileStore, Need> needs = new HashMap<>();

  /**
   * Adds what comes to a folder.
   *
   * @param bytes negative for what is freed
   */
  void add(Path folder, long bytes) {
    try {
      needs.computeIfAbsent(fileStore(folder), store -> new Need(folder)).bytes += bytes;
    } catch (IOException e) {
      throw Failures.of(folder, e);
    }
  }

  private static FileStore fileStore(Path folder) throws IOException {
    Path existing = folder.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return Files.getFileStore(existing);
  }

  /**
   * @throws EngineException {@code NoSpace}
   */
  void require() {
    needs.forEach(
        (store, need) -> {
          long usable = usable(store, need.example);
          if (need.bytes > usable) {
            throw new EngineException(
                Reason.NoSpace,
                "The restore needs "
                    + mebibytes(need.bytes)
                    + " in the file system of "
                    + need.example
                    + ", where "
                    + mebibytes(usable)
                    + " are free. Make room, or choose a directory on a larger one.");
          }
        });
  }

  private static long usable(FileStore store, Path example) {
    try {
      return store.getUsableSpace();
    } catch (IOException e) {
      throw Failures.of(example, e);
    }
  }

  private static String mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1 >> 20) + " MiB";
  }
}
