package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.base.BaseRestore;
import dev.pgbackup.engine.restore.base.RunningServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory that this process alone restores into, for as long as it lives: it holds a lock on a
 * file of it, which is taken before anything is read.
 */
final class RestoreDirectory implements AutoCloseable {

  private static final long LOOK_MILLIS = 100;
  private static final String STATE = "restore.json";
  private static final String LOCK = "lock";
  private static final String FOLDER = "replay-";

  private final Path directory;
  private final Path own;
  private final boolean made;
  private final FileChannel channel;
  private final FileLock lock;

  private RestoreDirectory(Path directory, boolean made, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.own = directory.resolve(BaseRestore.OWN_FOLDER);
    this.made = made;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes a directory, which is made if there is none.
   *
   * @throws EngineException {@code DirectoryInUse} if another process has it
   */
  static RestoreDirectory take(Path directory) {
    try {
      boolean made = !Files.exists(directory);
      Path own = directory.resolve(BaseRestore.OWN_FOLDER);
      Files.createDirectories(own);
      FileChannel channel =
          FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null || !isStillThere(channel, own.resolve(LOCK))) {
        channel.close();
        throw new EngineException(
            Reason.DirectoryInUse,
            "Another restore works on "
                + directory
                + ". Wait for its end, or choose another directory.");
      }
      return new RestoreDirectory(directory, made, channel, lock);
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Another restore that was refused may have removed the file that is locked here. */
  private static boolean isStillThere(FileChannel locked, Path file) throws IOException {
    byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    locked.truncate(0).write(ByteBuffer.wrap(token), 0);
    try {
      return Arrays.equals(token, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** What an earlier run left of its work; empty if there was none. */
  Optional<RestoreState> state() {
    Path file = own.resolve(STATE);
    try {
      return Optional.of(
          Documents.read(Files.readAllBytes(file), RestoreState.class, file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Writes down how far this restore is; durable when it returns. */
  void write(RestoreState state) {
    Path file = own.resolve(STATE);
    Path part = own.resolve(STATE + ".part");
    try {
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(Documents.write(state)));
        out.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(own, StandardOpenOption.READ)) {
        folder.force(true);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** A place for a folder to feed a server by, unlike any that was there before. */
  Path newFolder() {
    return own.resolve(FOLDER + UUID.randomUUID());
  }

  /** The folders that earlier runs fed their servers by. */
  List<Path> leftFolders() {
    try (Stream<Path> entries = Files.list(own)) {
      return entries.filter(path -> path.getFileName().toString().startsWith(FOLDER)).toList();
    } catch (IOException | UncheckedIOException e) {
      throw failed(own, e);
    }
  }

  /**
   * Waits for the end of a server that a killed run left behind: it notices that it was.
   *
   * @throws EngineException {@code DirectoryInUse} if it does not end
   */
  void awaitPredecessor(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    Optional<RunningServer> left = RunningServer.of(directory);
    try {
      while (left.isPresent() && System.nanoTime() < deadline) {
        Thread.sleep(LOOK_MILLIS);
        left = RunningServer.of(directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.Interrupted, "The restore was interrupted.", e);
    }
    left.ifPresent(
        server -> {
          throw new EngineException(
              Reason.DirectoryInUse,
              "A PostgreSQL server (process "
                  + server.pid()
                  + ") runs on "
                  + directory
                  + ". Stop it first, or choose another directory.");
        });
  }

  /** Removes the lock file of a server that no longer runs. */
  void removeStaleLockFile() {
    if (RunningServer.of(directory).isPresent()) {
      throw new IllegalStateException("a server runs on " + directory);
    }
    try {
      Files.deleteIfExists(directory.resolve(RunningServer.LOCK_FILE));
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  /** Removes what taking the directory has left in it, where nothing else has been done. */
  void removeTraces() {
    try {
      Files.deleteIfExists(own.resolve(LOCK));
      deleteIfEmpty(own);
      if (made) {
        deleteIfEmpty(directory);
      }
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // somebody else's
    }
  }

  private static EngineException failed(Path path, Exception cause) {
    return new EngineException(
        Reason.HostFailure,
        path
            + " cannot be used: "
            + cause.getMessage()
            + ". Check the file system and its permissions.",
        cause);
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }
}
