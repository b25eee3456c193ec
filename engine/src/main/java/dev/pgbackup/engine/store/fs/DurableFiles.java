package dev.pgbackup.engine.store.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/** Changes of files that survive a power failure and are seen whole or not at all. */
final class DurableFiles {

  private final Path temporaryFolder;

  /**
   * @param temporaryFolder on the same file system as everything written
   */
  DurableFiles(Path temporaryFolder) {
    this.temporaryFolder = temporaryFolder;
  }

  /** A name for a file that is not there yet. */
  Path newTemporary() {
    return temporaryFolder.resolve(UUID.randomUUID().toString());
  }

  void write(Path target, byte[] content) throws IOException {
    Path temporary = newTemporary();
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    move(temporary, target);
  }

  /** Puts a synced temporary file in its place, over what may be there. */
  void move(Path temporary, Path target) throws IOException {
    createFolders(folderOf(target));
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(folderOf(target));
  }

  /**
   * Puts a synced temporary file in its place, by a hard link where the file system has them: that
   * is atomic even if locks are not.
   *
   * @throws FileAlreadyExistsException if something is there
   */
  void moveIfAbsent(Path temporary, Path target) throws IOException {
    createFolders(folderOf(target));
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException exists) {
      throw exists;
    } catch (UnsupportedOperationException | FileSystemException noLinks) {
      if (Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
    sync(folderOf(target));
    Files.deleteIfExists(temporary);
  }

  /**
   * Deletes a file, if it is there, and the folders above it, below {@code top}, that it leaves
   * empty.
   */
  void deleteWithEmptyFolders(Path file, Path top) throws IOException {
    Files.deleteIfExists(file);
    for (Path folder = folderOf(file);
        folder.startsWith(top) && !folder.equals(top);
        folder = folderOf(folder)) {
      try {
        Files.delete(folder);
      } catch (DirectoryNotEmptyException stillUsed) {
        return;
      } catch (NoSuchFileException gone) {
        continue;
      }
    }
  }

  private static void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    createFolders(folderOf(folder));
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException made) {
      return;
    }
    sync(folderOf(folder));
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folderOf(Path path) {
    return Objects.requireNonNull(path.getParent(), "a path below the root");
  }
}
