package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.content.BundleReader;
import dev.pgbackup.engine.archive.content.FileListReader;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.control.ControlFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Restores a base backup, ready for recovery.
 *
 * <p>{@code pg_control} is removed before anything else is touched and comes back when everything
 * else is durable: a directory in between cannot be started.
 */
public final class BaseRestore {

  /** A folder in the data directory that belongs to the restore, and to no backup. */
  public static final String OWN_FOLDER = ".pgbackup";

  private final Archive archive;
  private final BackupManifest manifest;
  private final BaseSettings settings;
  private final Placement placement;
  private final Modes modes;
  private final Consumer<BaseProgress> listener;

  /**
   * @param listener told of progress, by several threads, some times a second
   * @throws EngineException {@code InvalidArgument}
   */
  public BaseRestore(
      Archive archive,
      BackupManifest manifest,
      Path directory,
      BaseSettings settings,
      Consumer<BaseProgress> listener) {
    this.archive = archive;
    this.manifest = manifest;
    this.settings = settings;
    this.placement = Placement.of(manifest, directory, settings.tablespaces());
    this.modes = Modes.of(manifest.server().dataDirectoryMode());
    this.listener = listener;
  }

  /**
   * Checks that the directory may be restored into and has room. Changes nothing.
   *
   * @param ours whether it is known to hold what an earlier run of the same restore left
   * @throws EngineException {@code DirectoryNotEmpty}, {@code DirectoryInUse}, {@code NoSpace},
   *     {@code ArchiveDamaged}
   */
  public void check(boolean ours) {
    new DirectoryCheck(placement, archive.identity().systemIdentifier(), settings.delta(), ours)
        .require();
    requireSpace(survey());
  }

  private BackupSurvey survey() {
    BackupSurvey survey = new BackupSurvey(placement);
    FileListReader.read(archive, manifest, survey::add);
    return survey;
  }

  private void requireSpace(BackupSurvey survey) {
    SpaceCheck space = new SpaceCheck();
    space.add(placement.directory(), settings.reserve());
    for (Map.Entry<Optional<Long>, Long> need : survey.stored().entrySet()) {
      Path root =
          need.getKey()
              .flatMap(oid -> Optional.ofNullable(placement.linked().get(oid)))
              .orElse(placement.directory());
      space.add(root, need.getValue());
    }
    if (Files.isDirectory(placement.directory())) {
      new DirectoryWalk(placement, survey.tablespaceFolders())
          .forEachRemaining(found -> space.add(found.path(), -found.size()));
    }
    space.require();
  }

  /**
   * Restores, whatever the directory holds: {@link #check} comes first.
   *
   * @throws EngineException {@code ArchiveDamaged}, {@code NoSpace}, {@code HostFailure}
   */
  public BaseProgress run() {
    BackupSurvey survey = survey();
    byte[] controlFile = controlFile(survey);
    Tally tally = new Tally(survey.bytes(), survey.files(), listener);
    try {
      prepare(survey);
      extract(tally);
      RecoveryFiles.layDown(manifest, placement, modes);
      Durable.write(placement.directory().resolve(ControlFile.PATH), controlFile, modes.file());
    } catch (IOException e) {
      throw Failures.of(placement.directory(), e);
    }
    tally.present(controlFile.length);
    tally.whole();
    tally.tell();
    return tally.progress();
  }

  /** The folders of the backup, without what does not belong there, and no {@code pg_control}. */
  private void prepare(BackupSurvey survey) throws IOException {
    makeFolder(placement.directory());
    Durable.delete(placement.directory().resolve(ControlFile.PATH));
    StaleFiles stale =
        new StaleFiles(new DirectoryWalk(placement, survey.tablespaceFolders()), placement);
    FileListReader.read(
        archive,
        manifest,
        entry -> {
          if (!isNotRestored(entry.path())) {
            stale.belongs(entry);
          }
        });
    stale.finish();
  }

  private void extract(Tally tally) throws IOException {
    List<Path> folders = new ArrayList<>(List.of(placement.directory()));
    try (Syncing syncing = new Syncing();
        Extraction extraction =
            new Extraction(archive, manifest, placement, settings.parallelism(), tally, syncing)) {
      FileListReader.read(
          archive,
          manifest,
          entry -> {
            if (isNotRestored(entry.path())) {
              return;
            }
            if (entry.kind() == FileEntry.Kind.Directory) {
              folders.add(makeFolder(entry.path()));
            } else if (!entry.path().equals(ControlFile.PATH)) {
              extraction.add(entry);
            }
          });
      extraction.finish();
      folders.forEach(syncing::add);
      syncing.await();
    }
  }

  /** What a backup should not hold, and what is written in another way. */
  private static boolean isNotRestored(String path) {
    return RecoveryFiles.isAmong(path)
        || path.equals(OWN_FOLDER)
        || path.startsWith(OWN_FOLDER + "/");
  }

  private Path makeFolder(String path) {
    Path folder = placement.of(path);
    try {
      makeFolder(folder);
      if (placement.isLink(path)) {
        link(placement.link(placement.tablespaceOf(path).orElseThrow()), folder);
      }
      return folder;
    } catch (IOException e) {
      throw Failures.of(folder, e);
    }
  }

  private void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(modes.folder()));
    }
    if (!Files.getPosixFilePermissions(folder).equals(modes.folder())) {
      Files.setPosixFilePermissions(folder, modes.folder());
    }
  }

  private static void link(Path link, Path location) throws IOException {
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(location)) {
      return;
    }
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, location);
  }

  private byte[] controlFile(BackupSurvey survey) {
    FileEntry entry =
        survey.controlFile().orElseThrow(() -> unusable("has no " + ControlFile.PATH));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (BundleReader reader = new BundleReader(archive.store())) {
      for (Chunk chunk : entry.chunks()) {
        if (chunk.isZero()) {
          bytes.writeBytes(new byte[chunk.n()]);
        } else {
          String bundle = manifest.files().bundles().get(chunk.b());
          reader.read(
              archive.layout().root() + "/" + bundle, List.of(chunk), new ControlFileSink(bytes));
        }
      }
    }
    ControlFile control = ControlFile.parse(bytes.toByteArray());
    if (!control.system().equals(archive.identity().systemIdentifier())) {
      throw unusable("is of another cluster, with system identifier " + control.system());
    }
    return bytes.toByteArray();
  }

  private EngineException unusable(String why) {
    return new EngineException(
        Reason.ArchiveDamaged,
        "Backup "
            + manifest.backupId()
            + " "
            + why
            + ". Restore from another backup; `pgbackup list` shows them.");
  }

  private final class ControlFileSink implements BundleReader.Sink {

    private final ByteArrayOutputStream bytes;

    ControlFileSink(ByteArrayOutputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public void intact(Chunk chunk, byte[] plain) {
      bytes.write(plain, 0, chunk.n());
    }

    @Override
    public void damaged(Chunk chunk) {
      throw unusable("has a damaged " + ControlFile.PATH);
    }
  }
}
