package dev.pgbackup.engine.wal;

import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.WalSegment;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What tests do to servers and look for in archives. */
final class Servers {

  private Servers() {}

  /** A server with segments of 1 MiB, which does not write by itself. */
  static PostgresServer small() {
    return quiet(PostgresServer.builder(PostgresBinaries.of(16)).walSegmentMiB(1)).create();
  }

  static PostgresServer.Builder quiet(PostgresServer.Builder builder) {
    return builder
        .setting("autovacuum", "off")
        .setting("min_wal_size", "8MB")
        .setting("max_wal_size", "1GB")
        .setting("checkpoint_timeout", "1h");
  }

  /** The stopped server's next start ends in a promotion. */
  static void promoteAtNextStart(PostgresServer server) throws IOException {
    Path data = server.dataDirectory();
    Path configuration = data.resolve("postgresql.conf");
    String text = Files.readString(configuration);
    if (!text.contains("restore_command = 'false'")) {
      Files.writeString(configuration, text + "\nrestore_command = 'false'\n");
    }
    Files.createFile(data.resolve("recovery.signal"));
  }

  static List<WalObject> tails(ArchivedServer archived, Timeline timeline, Lsn position) {
    return objects(archived, timeline, position).stream().filter(o -> !o.sealed()).toList();
  }

  static boolean isSealed(ArchivedServer archived, Timeline timeline, Lsn position) {
    return objects(archived, timeline, position).stream().anyMatch(WalObject::sealed);
  }

  private static List<WalObject> objects(ArchivedServer archived, Timeline timeline, Lsn position) {
    return new StoreArchivedWal(archived.archive)
        .objects(WalSegment.containing(timeline, position, archived.archive.segmentSize()));
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(
                  file,
                  to.resolve(from.relativize(file).toString()),
                  LinkOption.NOFOLLOW_LINKS,
                  StandardCopyOption.COPY_ATTRIBUTES);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
