package dev.pgbackup.agent.job;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Moves a finished data directory up into the folder around it: the root of a volume that belongs
 * to somebody else, where PostgreSQL itself could not have run.
 *
 * <p>A note that it has begun is left there, with what is to be reported in the end: cut off, it is
 * finished by the next run. The folder with {@code pg_control} comes last, so that until then
 * nothing can be started.
 */
final class Lift {

  private static final String NOTE = ".pgbackup-lift";
  private static final String LAST = "global";

  private final Path directory;
  private final Path around;

  /**
   * @param directory the finished data directory
   */
  Lift(Path directory) {
    this.directory = directory;
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      throw new EngineException(
          Reason.InvalidArgument, directory + " has no folder around it to be moved into.");
    }
    this.around = parent;
  }

  /** What was noted by a run that was cut off in the middle. */
  Optional<String> begun() {
    try {
      return Optional.of(Files.readString(around.resolve(NOTE)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Moves everything.
   *
   * @param note to be had by {@link #begun} until it is done
   */
  void run(String note) {
    try {
      Path part = around.resolve(NOTE + ".part");
      Files.writeString(part, note);
      sync(part);
      Files.move(part, around.resolve(NOTE), StandardCopyOption.ATOMIC_MOVE);
      sync(around);
      moveAll();
      Files.delete(around.resolve(NOTE));
      sync(around);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void moveAll() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    for (Path entry : entries()) {
      if (entry.getFileName().toString().equals(LAST)) {
        sync(around);
      }
      Path target = around.resolve(entry.getFileName());
      delete(target);
      Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
    }
    sync(around);
    Files.delete(directory);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .sorted(
              Comparator.comparing((Path p) -> p.getFileName().toString().equals(LAST))
                  .thenComparing(Path::getFileName))
          .toList();
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private EngineException failed(IOException cause) {
    return new EngineException(
        Reason.HostFailure,
        "The restored directory could not be moved into "
            + around
            + ": "
            + cause
            + ". The next run goes on with it.",
        cause);
  }
}
