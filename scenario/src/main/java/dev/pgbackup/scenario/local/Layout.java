package dev.pgbackup.scenario.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where everything lies: one folder. */
record Layout(Path folder) {

  Layout {
    try {
      Files.createDirectories(folder.resolve("logs"));
      Files.createDirectories(folder.resolve("restored"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A path as a person in the folder would write it. */
  String inside(Path path) {
    return folder.relativize(path).toString();
  }

  Path configuration() {
    return folder.resolve("pgbackup.yaml");
  }

  Path secrets() {
    return folder.resolve("secrets");
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path sidecarLog() {
    return logs().resolve("sidecar.log");
  }

  /** The data directory of the master. */
  Path master() {
    return folder.resolve("master");
  }

  /** Where the master's old data directory is kept after a swap. */
  Path keptBefore(String restore) {
    return folder.resolve("master-before-" + restore);
  }

  /** The data directory of a restore. */
  Path restored(String restore) {
    return folder.resolve("restored").resolve(restore);
  }

  /** Files in which nothing secret may ever be: the configuration, and all that commands said. */
  List<Path> written() {
    try (Stream<Path> logs = Files.list(logs())) {
      return Stream.concat(Stream.of(configuration()), logs.sorted()).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Deletes all of it. */
  void delete() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(folder + " cannot be deleted", failure);
    }
  }
}
