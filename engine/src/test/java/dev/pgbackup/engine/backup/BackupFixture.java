package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.content.BundleReader;
import dev.pgbackup.engine.archive.content.FileListReader;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Origin;
import dev.pgbackup.engine.archive.format.BackupManifest.Tablespace;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.postgres.session.ConnectionSettings;
import dev.pgbackup.engine.postgres.session.ServerFacts;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.postgres.session.TlsMode;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.engine.wal.DurableWal;
import dev.pgbackup.testkit.PostgresServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A server, an archive in a directory, and a restore by hand: files laid down from the list, WAL
 * taken from the server's own directory.
 */
final class BackupFixture {

  static final DurableWal WAL_IS_THERE = (timeline, from, to, atMost) -> {};

  private final PostgresServer server;
  private final Path folder;
  private final ObjectStore store;
  private final Archive archive;

  /** Backups are in the order of their seconds, and these take less than one. */
  private int taken;

  BackupFixture(PostgresServer server, Path folder) {
    this(server, folder, store -> store);
  }

  BackupFixture(PostgresServer server, Path folder, UnaryOperator<ObjectStore> decoration) {
    this.server = server;
    this.folder = folder;
    try {
      this.store =
          decoration.apply(DirectoryStore.open(Files.createDirectories(folder.resolve("store"))));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    try (ServerSession session = sessions().open("test")) {
      ServerFacts facts = session.facts();
      this.archive =
          Archive.openOrCreate(
              store, facts.system(), facts.version().major(), facts.segmentSize(), 1);
    }
  }

  Archive archive() {
    return archive;
  }

  ObjectStore store() {
    return store;
  }

  ServerSessions sessions() {
    return sessions(server.user(), server.password());
  }

  ServerSessions sessions(String user, String password) {
    return new ServerSessions(
        new ConnectionSettings(
            server.host(),
            server.port(),
            "postgres",
            user,
            () -> password,
            TlsMode.Disable,
            null,
            ConnectionSettings.Timeouts.DEFAULT));
  }

  static BackupSettings settings() {
    return BackupSettings.of(Origin.Manual, "test-host", "pgbackup test");
  }

  BackupManifest take() {
    return take(settings(), BackupProgress.NONE);
  }

  BackupManifest take(BackupSettings settings, BackupProgress progress) {
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(taken++));
    return BaseBackup.take(archive, sessions(), settings, WAL_IS_THERE, progress, clock);
  }

  /** The list of files by path. */
  Map<String, FileEntry> files(BackupManifest manifest) {
    Map<String, FileEntry> files = new TreeMap<>();
    FileListReader.read(archive, manifest, file -> files.put(file.path(), file));
    return files;
  }

  /** Lays the files of a backup down, and nothing else. Tablespaces go to folders beside it. */
  Path layDown(BackupManifest manifest) {
    try {
      Path target = Files.createTempDirectory(folder, "restored-").resolve("data");
      Files.createDirectory(
          target,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.createDirectory(target.resolve("pg_tblspc"));
      for (Tablespace tablespace : manifest.tablespaces()) {
        Path inside = target.resolve("pg_tblspc").resolve(String.valueOf(tablespace.oid()));
        if (tablespace.location() != null) {
          Path location = target.resolveSibling("tablespace-" + tablespace.oid());
          Files.createDirectory(location);
          Files.createSymbolicLink(inside, location);
        }
      }
      try (BundleReader reader = new BundleReader(store)) {
        FileListReader.read(archive, manifest, file -> layDown(manifest, file, target, reader));
      }
      return target;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void layDown(BackupManifest manifest, FileEntry file, Path target, BundleReader reader) {
    Path path = target.resolve(file.path());
    try {
      if (file.kind() == FileEntry.Kind.Directory) {
        Files.createDirectories(path);
        return;
      }
      try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
        out.setLength(file.size());
        long position = 0;
        for (Chunk chunk : file.chunks()) {
          long at = position;
          if (!chunk.isZero()) {
            String key = archive.layout().root() + "/" + manifest.files().bundles().get(chunk.b());
            reader.read(
                key,
                List.of(chunk),
                new BundleReader.Sink() {
                  @Override
                  public void intact(Chunk read, byte[] plain) {
                    try {
                      out.seek(at);
                      out.write(plain, 0, read.n());
                    } catch (IOException failure) {
                      throw new UncheckedIOException(failure);
                    }
                  }

                  @Override
                  public void damaged(Chunk read) {
                    throw new AssertionError(read + " of " + file.path() + " is damaged");
                  }
                });
          }
          position += chunk.n();
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Makes a laid down directory one that a server recovers, with all WAL that the original server
   * has written: to be called while that is stopped, or after a switch of WAL files.
   */
  PostgresServer recovering(BackupManifest manifest, Path data) {
    try {
      Files.writeString(data.resolve("backup_label"), manifest.backupLabel());
      String map = manifest.tablespaceMap();
      if (map != null) {
        for (Tablespace tablespace : manifest.tablespaces()) {
          if (tablespace.location() != null) {
            map =
                map.replace(
                    tablespace.location(),
                    data.resolveSibling("tablespace-" + tablespace.oid()).toString());
          }
        }
        Files.writeString(data.resolve("tablespace_map"), map);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return withWal(data);
  }

  /** A server on a directory that is ready for recovery, with all WAL of the original. */
  PostgresServer withWal(Path data) {
    try {
      try (Stream<Path> wal = Files.list(server.dataDirectory().resolve("pg_wal"))) {
        for (Path file : wal.filter(Files::isRegularFile).toList()) {
          Files.copy(file, data.resolve("pg_wal").resolve(file.getFileName()));
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return PostgresServer.builder(server.binaries())
        .dataDirectory(data)
        .password(server.password())
        .build();
  }
}
