package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.control.ControlFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Whether a backup may be restored into a directory. It changes nothing. */
final class DirectoryCheck {

  private static final Set<String> COUNTS_FOR_NOTHING =
      Set.of(BaseRestore.OWN_FOLDER, "lost+found");

  private final Placement placement;
  private final SystemIdentifier cluster;
  private final boolean delta;
  private final boolean ours;

  /**
   * @param delta whether it may hold an older state of the cluster
   * @param ours whether it is known to hold what an earlier run of this restore left
   */
  DirectoryCheck(Placement placement, SystemIdentifier cluster, boolean delta, boolean ours) {
    this.placement = placement;
    this.cluster = cluster;
    this.delta = delta;
    this.ours = ours;
  }

  /**
   * @throws EngineException {@code DirectoryNotEmpty}, {@code DirectoryInUse}
   */
  void require() {
    Path directory = placement.directory();
    RunningServer.of(directory)
        .ifPresent(
            server -> {
              throw new EngineException(
                  Reason.DirectoryInUse,
                  "A PostgreSQL server (process "
                      + server.pid()
                      + ") runs on "
                      + directory
                      + ". Stop it first, or choose another directory.");
            });
    boolean fresh = isEmpty(directory);
    if (!fresh && !ours) {
      requireOlderState(directory);
    }
    placement.linked().forEach((oid, location) -> requireTablespace(oid, location, fresh));
  }

  private void requireOlderState(Path directory) {
    if (!delta) {
      throw notEmpty(
          directory,
          "it is not empty. Choose an empty directory, or ask for a delta restore, which fetches what differs"
              + " and removes what does not belong to the backup.");
    }
    if (!Files.exists(directory.resolve(ControlFile.PATH))) {
      throw notEmpty(
          directory,
          "it holds something, but not a data directory of PostgreSQL, and a delta restore would remove that."
              + " Choose another directory, or empty this one.");
    }
    SystemIdentifier there = ControlFile.of(directory).system();
    if (!there.equals(cluster)) {
      throw notEmpty(
          directory,
          "it is the data directory of another cluster (system identifier "
              + there
              + " instead of "
              + cluster
              + "), which a delta restore would overwrite. Choose another directory, or empty this one.");
    }
  }

  private void requireTablespace(long oid, Path location, boolean fresh) {
    if (isEmpty(location) || ours) {
      return;
    }
    boolean linked = !fresh && delta && leadsTo(placement.link(oid), location);
    if (!linked) {
      throw notEmpty(
          location,
          "the tablespace with oid "
              + oid
              + " would be restored there, but it is not empty. If it belongs to a server on this machine, give the"
              + " tablespace another place by --tablespace-mapping; else empty it.");
    }
  }

  private static boolean leadsTo(Path link, Path location) {
    try {
      return Files.isSymbolicLink(link) && link.toRealPath().equals(location.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isEmpty(Path directory) {
    if (!Files.exists(directory)) {
      return true;
    }
    if (!Files.isDirectory(directory)) {
      throw notEmpty(directory, "it is not a directory. Choose another path.");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!COUNTS_FOR_NOTHING.contains(entry.getFileName().toString())) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw Failures.of(directory, e);
    }
  }

  private static EngineException notEmpty(Path directory, String why) {
    return new EngineException(
        Reason.DirectoryNotEmpty, directory + " cannot be restored into: " + why);
  }
}
