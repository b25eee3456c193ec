package dev.pgbackup.engine.restore.base;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The permissions of a data directory's folders and files: for its owner alone, or to be read by
 * the group as well. PostgreSQL allows no others.
 */
enum Modes {
  OWNER("rwx------", "rw-------"),
  GROUP("rwxr-x---", "rw-r-----");

  private final Set<PosixFilePermission> folder;
  private final Set<PosixFilePermission> file;

  Modes(String folder, String file) {
    this.folder = PosixFilePermissions.fromString(folder);
    this.file = PosixFilePermissions.fromString(file);
  }

  /** Those of a data directory with that mode, octal digits. */
  static Modes of(String dataDirectoryMode) {
    return dataDirectoryMode.endsWith("750") ? GROUP : OWNER;
  }

  Set<PosixFilePermission> folder() {
    return folder;
  }

  Set<PosixFilePermission> file() {
    return file;
  }
}
