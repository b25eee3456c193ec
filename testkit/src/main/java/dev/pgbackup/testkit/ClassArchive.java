package dev.pgbackup.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.UUID;

/**
 * The classes of a program as one JVM had loaded them when it ended, in a file from which others
 * take them in half the time (AppCDS).
 *
 * <p>It serves the JVM that made it and the jars as they were then. A JVM that cannot use it starts
 * without; one that has no such file of its own classes makes none.
 */
final class ClassArchive {

  private static final int KILLED_BY_SIGNAL = 128;
  private static final int TERMINATED = KILLED_BY_SIGNAL + 15;
  private static final Path OF_THE_JVM =
      Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");

  private final Path file;

  /**
   * @param file where it is, or shall be
   */
  ClassArchive(Path file) {
    this.file = file;
  }

  /** Whether it is there, and no older than any of these jars. */
  boolean fits(List<Path> jars) {
    try {
      FileTime made = Files.getLastModifiedTime(file);
      for (Path jar : jars) {
        if (Files.getLastModifiedTime(jar).compareTo(made) > 0) {
          return false;
        }
      }
      return true;
    } catch (IOException notThere) {
      return false;
    }
  }

  /** The options of a JVM, the one of this process, that takes its classes from here. */
  List<String> taking() {
    return List.of("-XX:SharedArchiveFile=" + file);
  }

  /** One to be made. */
  Draft draft() {
    return new Draft(file.resolveSibling("classes-" + UUID.randomUUID()));
  }

  /** What a JVM writes when it ends. */
  final class Draft {

    private final Path path;

    private Draft(Path path) {
      this.path = path;
    }

    /** The options of the JVM, the one of this process, that writes it. */
    List<String> making() {
      return Files.exists(OF_THE_JVM) ? List.of("-XX:ArchiveClassesAtExit=" + path) : List.of();
    }

    /** Puts it into its place when the JVM has ended in order, else deletes it. */
    void publishAfter(Process jvm) {
      jvm.onExit().thenAccept(ended -> publish(ended.exitValue()));
    }

    private void publish(int exitValue) {
      try {
        if (Files.exists(path) && (exitValue < KILLED_BY_SIGNAL || exitValue == TERMINATED)) {
          Files.move(path, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
          Files.deleteIfExists(path);
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
