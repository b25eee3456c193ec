package dev.pgbackup.engine.restore.base;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;

/** Files that are still there after the power went. */
final class Durable {

  private Durable() {}

  /** Writes a file that appears whole, and makes it durable. */
  static void write(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".pgbackup");
    Files.write(part, content);
    Files.setPosixFilePermissions(part, mode);
    sync(part);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    sync(folderOf(file));
  }

  static void write(Path file, String content, Set<PosixFilePermission> mode) throws IOException {
    write(file, content.getBytes(StandardCharsets.UTF_8), mode);
  }

  /** Removes a file for good; false if there was none. */
  static boolean delete(Path file) throws IOException {
    boolean there = Files.deleteIfExists(file);
    if (there) {
      sync(folderOf(file));
    }
    return there;
  }

  private static Path folderOf(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  /** Makes a file's content, or a folder's entries, durable. */
  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
