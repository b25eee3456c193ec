package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.postgres.control.BackupLabel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The files that make a server recover from a base backup, and those that would mislead it. */
public final class RecoveryFiles {

  /** Its presence makes a server replay archived WAL when it starts. */
  public static final String SIGNAL = "recovery.signal";

  private static final String TABLESPACE_MAP = "tablespace_map";

  /** Of other backup tools, of older versions, of a standby, of an earlier start. */
  private static final List<String> MISLEADING =
      List.of(
          "standby.signal",
          "recovery.conf",
          "recovery.done",
          "promote",
          "postmaster.pid",
          "postmaster.opts",
          BackupLabel.FILE_NAME + ".old",
          TABLESPACE_MAP + ".old",
          "backup_manifest");

  private RecoveryFiles() {}

  /** Whether a file of a backup's list is none of the backup's business. */
  static boolean isAmong(String path) {
    return path.equals(SIGNAL)
        || path.equals(TABLESPACE_MAP)
        || path.equals(BackupLabel.FILE_NAME)
        || MISLEADING.contains(path);
  }

  static void layDown(BackupManifest manifest, Placement placement, Modes modes)
      throws IOException {
    Path directory = placement.directory();
    for (String name : MISLEADING) {
      Durable.delete(directory.resolve(name));
    }
    Durable.write(directory.resolve(BackupLabel.FILE_NAME), manifest.backupLabel(), modes.file());
    Path map = directory.resolve(TABLESPACE_MAP);
    if (placement.linked().isEmpty()) {
      Durable.delete(map);
    } else {
      Durable.write(map, placement.tablespaceMap(), modes.file());
    }
    Durable.write(directory.resolve(SIGNAL), "", modes.file());
  }
}
