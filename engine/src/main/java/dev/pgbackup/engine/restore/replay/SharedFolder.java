package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder by which the agent talks to a replaying server: what is wanted, what is there, what is
 * to be run. The two scripts in it say what its files mean.
 *
 * <p>Each run has a folder of its own: what an earlier run left behind never finds its way into it.
 */
public final class SharedFolder {

  private static final List<String> FOLDERS = List.of("bin", "wal", "want", "absent");

  private final Path here;
  private final String there;

  /**
   * @param here as the agent sees it
   * @param there as the server sees it
   */
  public SharedFolder(Path here, String there) {
    this.here = here;
    this.there = there;
  }

  /** A folder that both see at the same place. */
  public static SharedFolder at(Path path) {
    return new SharedFolder(path, path.toAbsolutePath().toString());
  }

  /** Lays it down with the scripts and what the server's configuration refers to. */
  public void create() {
    try {
      for (String folder : FOLDERS) {
        Files.createDirectories(here.resolve(folder));
      }
      layDown("wal.sh");
      layDown("server.sh");
    } catch (IOException e) {
      throw failed("cannot be laid down", e);
    }
  }

  private void layDown(String script) throws IOException {
    try (InputStream content = SharedFolder.class.getResourceAsStream(script)) {
      if (content == null) {
        throw new IOException("the program lacks " + script);
      }
      Files.copy(content, here.resolve("bin").resolve(script), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Removes it with all it holds. */
  public void delete() {
    try {
      Files.walkFileTree(
          here,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path folder, @org.jspecify.annotations.Nullable IOException e) throws IOException {
              if (e != null) {
                throw e;
              }
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw failed("cannot be removed", e);
    }
  }

  /** A file of it, as the agent sees it. */
  Path path(String name) {
    return here.resolve(name);
  }

  /** A file of it, as the server sees it. */
  String seenByServer(String name) {
    return there + "/" + name;
  }

  Path segment(String fileName) {
    return path("wal").resolve(fileName);
  }

  /** The files that the server asks for. */
  List<String> wanted() {
    try (Stream<Path> files = Files.list(path("want"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      throw failed("cannot be read", e);
    }
  }

  /** Takes note that a file was asked for. */
  void heard(String fileName) {
    delete("want/" + fileName);
  }

  /** Says that the archive provably does not have a file. */
  void absent(String fileName) {
    write("absent/" + fileName, "");
  }

  /** Writes a file that appears whole. */
  void write(String name, String content) {
    Path file = path(name);
    Path part = path(name + ".part");
    try {
      Files.writeString(part, content);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed("cannot be written to", e);
    }
  }

  Optional<String> read(String name) {
    try {
      return Optional.of(Files.readString(path(name), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("cannot be read", e);
    }
  }

  void delete(String name) {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw failed("cannot be tidied up", e);
    }
  }

  EngineException failed(String what, Exception cause) {
    return new EngineException(
        Reason.HostFailure,
        "The folder "
            + here
            + ", by which the replaying server is fed, "
            + what
            + ": "
            + cause.getMessage()
            + ". Check its file system, or choose another folder.",
        cause);
  }

  @Override
  public String toString() {
    return here.toString();
  }
}
